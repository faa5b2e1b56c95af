package io.braid.broker.group;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;

/** A member of a group of the classic protocol. Owned by its group. */
public final class ClassicMember {
    /** A protocol that the member supports, such as an assignor of the consumer, and what it says with it. */
    @SuppressWarnings("ArrayRecordComponent") // compared by content, never changed
    public record Protocol(String name, byte[] metadata) {
        public Protocol {
            Objects.requireNonNull(name);
            Objects.requireNonNull(metadata);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Protocol that && name.equals(that.name) && Arrays.equals(metadata, that.metadata);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }

    static final byte[] NOTHING = {};

    private final String memberId;
    private final String instanceId;
    private String clientId;
    private String clientHost;
    private int rebalanceTimeoutMs;
    private int sessionTimeoutMs;
    private List<Protocol> protocols;
    private byte[] assignment = NOTHING;

    // What does not outlive a restart.
    private long sessionEndMs = Group.NEVER;
    private boolean isNew;
    private Reply<JoinGroupResponseData> joining;
    private Reply<SyncGroupResponseData> syncing;

    ClassicMember(String memberId, String instanceId) {
        this.memberId = Objects.requireNonNull(memberId);
        this.instanceId = Objects.requireNonNull(instanceId);
    }

    public String memberId() {
        return memberId;
    }

    /** "" for a dynamic member. */
    public String instanceId() {
        return instanceId;
    }

    public boolean isStatic() {
        return !instanceId.isEmpty();
    }

    public String clientId() {
        return clientId;
    }

    public String clientHost() {
        return clientHost;
    }

    public int rebalanceTimeoutMs() {
        return rebalanceTimeoutMs;
    }

    public int sessionTimeoutMs() {
        return sessionTimeoutMs;
    }

    /** In the member's order of preference; after a restart only the chosen one. */
    public List<Protocol> protocols() {
        return protocols;
    }

    /** What the member said with a protocol, empty when it does not support it. */
    public Optional<byte[]> metadata(String protocol) {
        return protocols.stream()
                .filter(p -> p.name().equals(protocol))
                .findFirst()
                .map(Protocol::metadata);
    }

    /** What the leader gave it in the present generation; of length 0 while it has nothing. */
    public byte[] assignment() {
        return assignment;
    }

    void client(String id, String host) {
        clientId = id;
        clientHost = host;
    }

    void timeouts(int rebalanceMs, int sessionMs) {
        rebalanceTimeoutMs = rebalanceMs;
        sessionTimeoutMs = sessionMs;
    }

    void protocols(List<Protocol> supported) {
        protocols = List.copyOf(supported);
    }

    void assignment(byte[] given) {
        assignment = given;
    }

    static List<Protocol> protocolsOf(JoinGroupRequestProtocolCollection asked) {
        List<Protocol> protocols = new ArrayList<>();
        for (JoinGroupRequestProtocol p : asked) {
            protocols.add(new Protocol(p.name(), p.metadata()));
        }
        return protocols;
    }

    // ---- session and waiting

    /** The member was heard of: its session ends {@code timeoutMs} from now. */
    void heard(long nowMs, int timeoutMs) {
        sessionEndMs = nowMs + timeoutMs;
    }

    long sessionEndMs() {
        return sessionEndMs;
    }

    /** Whether it has joined but not yet been in a generation: then its session runs although it waits. */
    boolean isNew() {
        return isNew;
    }

    void isNew(boolean is) {
        isNew = is;
    }

    /** When silence costs it its membership; never while it waits for an answer of ours, unless it is new. */
    long expiresMs() {
        return !isNew && (isJoining() || isSyncing()) ? Group.NEVER : sessionEndMs;
    }

    boolean isJoining() {
        return joining != null;
    }

    boolean isSyncing() {
        return syncing != null;
    }

    void joining(Reply<JoinGroupResponseData> reply) {
        joining = reply;
    }

    void syncing(Reply<SyncGroupResponseData> reply) {
        syncing = reply;
    }

    /** Ends the wait; null when it does not wait. */
    Reply<JoinGroupResponseData> takeJoining() {
        Reply<JoinGroupResponseData> taken = joining;
        joining = null;
        return taken;
    }

    Reply<SyncGroupResponseData> takeSyncing() {
        Reply<SyncGroupResponseData> taken = syncing;
        syncing = null;
        return taken;
    }
}
