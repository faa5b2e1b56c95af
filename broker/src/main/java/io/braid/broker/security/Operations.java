package io.braid.broker.security;

import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.CREATE_TOKENS;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_TOKENS;
import static org.apache.kafka.common.acl.AclOperation.IDEMPOTENT_WRITE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.TWO_PHASE_COMMIT;
import static org.apache.kafka.common.acl.AclOperation.WRITE;

import java.util.List;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/** Which operations exist on which type of resource, as Kafka has them. */
final class Operations {

    private static final List<AclOperation> ON_TOPIC =
            List.of(READ, WRITE, CREATE, DESCRIBE, DELETE, ALTER, DESCRIBE_CONFIGS, ALTER_CONFIGS);
    private static final List<AclOperation> ON_GROUP = List.of(READ, DESCRIBE, DELETE, DESCRIBE_CONFIGS, ALTER_CONFIGS);
    private static final List<AclOperation> ON_CLUSTER =
            List.of(CREATE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS, IDEMPOTENT_WRITE, ALTER, DESCRIBE);
    private static final List<AclOperation> ON_TRANSACTIONAL_ID = List.of(DESCRIBE, WRITE, TWO_PHASE_COMMIT);
    private static final List<AclOperation> ON_TOKEN = List.of(DESCRIBE);
    private static final List<AclOperation> ON_USER = List.of(CREATE_TOKENS, DESCRIBE_TOKENS);

    private Operations() {}

    static List<AclOperation> of(ResourceType type) {
        return switch (type) {
            case TOPIC -> ON_TOPIC;
            case GROUP -> ON_GROUP;
            case CLUSTER -> ON_CLUSTER;
            case TRANSACTIONAL_ID -> ON_TRANSACTIONAL_ID;
            case DELEGATION_TOKEN -> ON_TOKEN;
            case USER -> ON_USER;
            default -> List.of();
        };
    }
}
