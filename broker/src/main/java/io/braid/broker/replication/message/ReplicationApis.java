package io.braid.broker.replication.message;

import io.braid.protocol.ApiCatalog;

/** The API keys between brokers. */
public final class ReplicationApis {
    /** The name under which a broker registers its {@code inter.broker.listener}; no client listener can be called so. */
    public static final String LISTENER = "inter.broker";

    public static final short REPLICA_FETCH = 10_020;
    public static final short REPLICA_SNAPSHOT = 10_021;
    public static final short REPLICA_SNAPSHOT_CHUNK = 10_022;
    public static final short HIGH_WATERMARKS = 10_023;

    /** What an inter-broker listener speaks. */
    public static final ApiCatalog CATALOG = catalog();

    private ReplicationApis() {}

    private static ApiCatalog catalog() {
        short v0 = 0;
        return ApiCatalog.builder()
                .vendor(REPLICA_FETCH, v0, v0, ReplicaFetchRequest::new, ReplicaFetchResponse::new, "ReplicaFetch")
                .vendor(
                        REPLICA_SNAPSHOT,
                        v0,
                        v0,
                        ReplicaSnapshotRequest::new,
                        ReplicaSnapshotResponse::new,
                        "ReplicaSnapshot")
                .vendor(
                        REPLICA_SNAPSHOT_CHUNK,
                        v0,
                        v0,
                        ReplicaSnapshotChunkRequest::new,
                        ReplicaSnapshotChunkResponse::new,
                        "ReplicaSnapshotChunk")
                .vendor(
                        HIGH_WATERMARKS,
                        v0,
                        v0,
                        HighWatermarksRequest::new,
                        HighWatermarksResponse::new,
                        "HighWatermarks")
                .build();
    }
}
