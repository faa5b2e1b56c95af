package io.braid.quorum.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;

/** A broker lives, and says what it wants to be. Sent to every controller. */
public final class BrokerHeartbeatRequest extends VendorMessage {
    /** What a broker wants to be. */
    public enum Wish {
        /** Registered only: it recovers its logs. */
        STAY_FENCED,
        /** A broker that leads. */
        SERVE,
        /** Gone: controlled shutdown. */
        LEAVE
    }

    private int brokerId;
    private long brokerEpoch;
    private long version;
    private Wish wish = Wish.STAY_FENCED;

    public BrokerHeartbeatRequest() {
        super(VendorApis.BROKER_HEARTBEAT);
    }

    /** @param version the metadata version the broker has */
    public BrokerHeartbeatRequest(int brokerId, long brokerEpoch, long version, Wish wish) {
        this();
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.version = version;
        this.wish = wish;
    }

    public int brokerId() {
        return brokerId;
    }

    public long brokerEpoch() {
        return brokerEpoch;
    }

    public long version() {
        return version;
    }

    public Wish wish() {
        return wish;
    }

    @Override
    protected void encode(ByteWriter out) {
        out.writeVarint(brokerId);
        out.writeVarlong(brokerEpoch);
        out.writeVarlong(version);
        out.writeByte(wish == Wish.SERVE ? 1 : wish == Wish.LEAVE ? 2 : 0);
    }

    @Override
    protected void decode(ByteReader in) {
        brokerId = in.readVarint();
        brokerEpoch = in.readVarlong();
        version = in.readVarlong();
        int value = in.readByte();
        wish = value == 1 ? Wish.SERVE : value == 2 ? Wish.LEAVE : Wish.STAY_FENCED;
    }

    @Override
    protected VendorMessage empty() {
        return new BrokerHeartbeatRequest();
    }
}
