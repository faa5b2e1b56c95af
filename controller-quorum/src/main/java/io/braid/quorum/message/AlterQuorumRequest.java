package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.controller.MalformedException;
import java.util.Objects;

/** Changes who the controllers are. For the leading controller; safe to send again. */
public final class AlterQuorumRequest extends VendorMessage {
    /** What is asked for. */
    public enum Change {
        /** A new controller is expected: it may start with an empty directory, and votes once it did. */
        ADD(0),
        /** A controller votes no more. */
        REMOVE(1),
        /** A controller lost its disk: it may start with an empty directory, under the next generation. */
        REPLACE(2),
        /** An expected controller is about to start for the first time. */
        CLAIM(3);

        private final int id;

        Change(int id) {
            this.id = id;
        }

        private static Change of(int id) {
            for (Change each : values()) {
                if (each.id == id) {
                    return each;
                }
            }
            throw new MalformedException("no change of a quorum: " + id);
        }
    }

    private Change change = Change.ADD;
    private int nodeId;
    private int generation;
    private String host = "";
    private int controllerPort;
    private int raftPort;

    public AlterQuorumRequest() {
        super(VendorApis.ALTER_QUORUM);
    }

    private AlterQuorumRequest(
            Change change, int nodeId, int generation, String host, int controllerPort, int raftPort) {
        this();
        this.change = Objects.requireNonNull(change);
        this.nodeId = nodeId;
        this.generation = generation;
        this.host = Objects.requireNonNull(host);
        this.controllerPort = controllerPort;
        this.raftPort = raftPort;
    }

    public static AlterQuorumRequest add(int nodeId, String host, int controllerPort, int raftPort) {
        return new AlterQuorumRequest(Change.ADD, nodeId, 0, host, controllerPort, raftPort);
    }

    public static AlterQuorumRequest remove(int nodeId) {
        return new AlterQuorumRequest(Change.REMOVE, nodeId, 0, "", 0, 0);
    }

    /** The replacement is where the controller was. */
    public static AlterQuorumRequest replace(int nodeId) {
        return new AlterQuorumRequest(Change.REPLACE, nodeId, 0, "", 0, 0);
    }

    /** The replacement is somewhere else. */
    public static AlterQuorumRequest replace(int nodeId, String host, int controllerPort, int raftPort) {
        return new AlterQuorumRequest(Change.REPLACE, nodeId, 0, host, controllerPort, raftPort);
    }

    public static AlterQuorumRequest claim(int nodeId, int generation) {
        return new AlterQuorumRequest(Change.CLAIM, nodeId, generation, "", 0, 0);
    }

    public Change change() {
        return change;
    }

    public int nodeId() {
        return nodeId;
    }

    /** Of a claim. */
    public int generation() {
        return generation;
    }

    /** "" where the address stays, or does not matter. */
    public String host() {
        return host;
    }

    public int controllerPort() {
        return controllerPort;
    }

    public int raftPort() {
        return raftPort;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeByte(change.id);
        out.writeVarint(nodeId);
        out.writeVarint(generation);
        out.writeString(host);
        out.writeVarint(controllerPort);
        out.writeVarint(raftPort);
    }

    @Override
    protected void decode(ByteReader in) {
        change = Change.of(in.readByte());
        nodeId = in.readVarint();
        generation = in.readVarint();
        host = in.readString();
        controllerPort = in.readVarint();
        raftPort = in.readVarint();
    }

    @Override
    protected VendorMessage empty() {
        return new AlterQuorumRequest();
    }
}
