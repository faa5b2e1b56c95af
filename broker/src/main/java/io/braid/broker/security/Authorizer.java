package io.braid.broker.security;

import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;

/**
 * Decides whether a caller may do an operation on a resource. Operations and resource types are Kafka's, with Kafka's
 * meaning (KIP-11 and its successors).
 *
 * <p>Called from network event loops for every item of every request: implementations must not block, and must be safe
 * for use by any thread.
 */
@FunctionalInterface
public interface Authorizer {

    /** The name of the one resource of type {@link ResourceType#CLUSTER}. */
    String CLUSTER = "kafka-cluster";

    /** Allows everything: a node without access control. */
    Authorizer ALLOW_ALL = (caller, operation, type, name) -> true;

    /**
     * Whether {@code caller} may do {@code operation} on the resource.
     *
     * @param name the resource's name; it need not exist
     */
    boolean allows(Caller caller, AclOperation operation, ResourceType type, String name);

    /** Whether {@code caller} may do {@code operation} on the cluster as a whole. */
    default boolean allowsOnCluster(Caller caller, AclOperation operation) {
        return allows(caller, operation, ResourceType.CLUSTER, CLUSTER);
    }

    /** Whether {@code caller} may do {@code operation} on the topic called {@code name}. */
    default boolean allowsOnTopic(Caller caller, AclOperation operation, String name) {
        return allows(caller, operation, ResourceType.TOPIC, name);
    }

    /**
     * The operations that {@code caller} may do on the resource, out of those its type knows, as the bit field of
     * KIP-430: bit n stands for the operation with code n.
     */
    default int allowedOperations(Caller caller, ResourceType type, String name) {
        int bits = 0;
        for (AclOperation operation : Operations.of(type)) {
            if (allows(caller, operation, type, name)) {
                bits |= 1 << operation.code();
            }
        }
        return bits;
    }
}
