package io.braid.broker.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.Principal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class AuthorizerTest {

    private static final Caller CALLER = new Caller(
            Principal.ANONYMOUS, "PLAINTEXT", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "");

    @Test
    void fillsABitForEachOperationThatTheTypeKnowsAndTheCallerMayDo() {
        Authorizer readOnly =
                (caller, operation, type, name) -> operation == AclOperation.READ || operation == AclOperation.DESCRIBE;

        assertThat(readOnly.allowedOperations(CALLER, ResourceType.TOPIC, "a"))
                .isEqualTo(1 << AclOperation.READ.code() | 1 << AclOperation.DESCRIBE.code());
        assertThat(readOnly.allowedOperations(CALLER, ResourceType.CLUSTER, Authorizer.CLUSTER))
                .isEqualTo(1 << AclOperation.DESCRIBE.code());
        assertThat(readOnly.allowedOperations(CALLER, ResourceType.ANY, "a")).isZero();
    }

    @Test
    void allowsAllThatATypeKnows() {
        // What Kafka without an authorizer answers for a topic: read, write, create, delete, alter, describe, configs.
        assertThat(Authorizer.ALLOW_ALL.allowedOperations(CALLER, ResourceType.TOPIC, "a"))
                .isEqualTo(0b0000_1101_1111_1000);
        assertThat(Authorizer.ALLOW_ALL.allowsOnCluster(CALLER, AclOperation.ALTER))
                .isTrue();
    }
}
