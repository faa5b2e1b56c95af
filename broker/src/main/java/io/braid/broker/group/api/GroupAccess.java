package io.braid.broker.group.api;

import io.braid.broker.group.RequestInfo;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.function.Predicate;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/** What the handlers of groups ask of the authorizer. */
final class GroupAccess {
    private GroupAccess() {}

    static boolean allows(Authorizer authorizer, Caller caller, AclOperation operation, String groupId) {
        return authorizer.allows(caller, operation, ResourceType.GROUP, groupId);
    }

    /** Whether the caller may do it to the topic of a name. */
    static Predicate<String> topics(Authorizer authorizer, Caller caller, AclOperation operation) {
        return topic -> authorizer.allowsOnTopic(caller, operation, topic);
    }

    static RequestInfo info(Caller caller, short version) {
        var address = caller.remoteAddress().getAddress();
        String host = address == null ? caller.remoteAddress().getHostString() : address.getHostAddress();
        return new RequestInfo(caller.clientId(), "/" + host, version);
    }
}
