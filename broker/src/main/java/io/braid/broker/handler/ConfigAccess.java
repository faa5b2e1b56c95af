package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.Optional;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.resource.ResourceType;

/** Whether a caller may read or change the configs of a resource. */
final class ConfigAccess {

    private ConfigAccess() {}

    /**
     * The error for a caller who may not; empty for one who may.
     *
     * @param operation {@link AclOperation#DESCRIBE_CONFIGS} or {@link AclOperation#ALTER_CONFIGS}
     */
    static Optional<ApiError> denied(
            Authorizer authorizer, Caller caller, AclOperation operation, ConfigResource resource) {
        return switch (resource.type()) {
            case TOPIC ->
                unless(authorizer.allowsOnTopic(caller, operation, resource.name()), Errors.TOPIC_AUTHORIZATION_FAILED);
            case GROUP ->
                unless(
                        authorizer.allows(caller, operation, ResourceType.GROUP, resource.name()),
                        Errors.GROUP_AUTHORIZATION_FAILED);
            default -> unless(authorizer.allowsOnCluster(caller, operation), Errors.CLUSTER_AUTHORIZATION_FAILED);
        };
    }

    private static Optional<ApiError> unless(boolean allowed, Errors error) {
        return allowed ? Optional.empty() : Optional.of(new ApiError(error, error.message()));
    }
}
