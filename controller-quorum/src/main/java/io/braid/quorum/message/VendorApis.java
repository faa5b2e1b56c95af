package io.braid.quorum.message;

import io.braid.protocol.ApiCatalog;

/** The API keys between brokers and controllers. */
public final class VendorApis {
    public static final short REGISTER_BROKER = 10_000;
    public static final short BROKER_HEARTBEAT = 10_001;
    public static final short FETCH_METADATA = 10_002;
    public static final short SUBMIT_COMMAND = 10_003;
    public static final short QUORUM_STATUS = 10_004;
    public static final short ALTER_QUORUM = 10_005;

    /** What a controller's listener speaks. */
    public static final ApiCatalog CATALOG = addTo(ApiCatalog.builder()).build();

    private VendorApis() {}

    public static ApiCatalog.Builder addTo(ApiCatalog.Builder catalog) {
        short v0 = 0;
        return catalog.vendor(
                        REGISTER_BROKER,
                        v0,
                        v0,
                        RegisterBrokerRequest::new,
                        RegisterBrokerResponse::new,
                        "RegisterBroker")
                .vendor(
                        BROKER_HEARTBEAT,
                        v0,
                        v0,
                        BrokerHeartbeatRequest::new,
                        BrokerHeartbeatResponse::new,
                        "BrokerHeartbeat")
                .vendor(FETCH_METADATA, v0, v0, FetchMetadataRequest::new, FetchMetadataResponse::new, "FetchMetadata")
                .vendor(SUBMIT_COMMAND, v0, v0, SubmitCommandRequest::new, SubmitCommandResponse::new, "SubmitCommand")
                .vendor(QUORUM_STATUS, v0, v0, QuorumStatusRequest::new, QuorumStatusResponse::new, "QuorumStatus")
                .vendor(ALTER_QUORUM, v0, v0, AlterQuorumRequest::new, AlterQuorumResponse::new, "AlterQuorum");
    }
}
