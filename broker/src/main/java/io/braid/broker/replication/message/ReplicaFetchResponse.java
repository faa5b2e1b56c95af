package io.braid.broker.replication.message;

import io.braid.controller.ByteReader;
import io.braid.controller.ByteWriter;
import io.braid.log.table.EpochEndLsn;
import io.braid.protocol.records.FetchedRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * What a leader has for a follower: for each shard with news its state and, behind the fields of all, its entries as they
 * lie in the log. Empty when nothing happened in time.
 */
public final class ReplicaFetchResponse extends ReplicationMessage {
    private static final int HAS_DIVERGENCE = 1;

    private Errors error = Errors.NONE;
    private String message = "";
    private long metadataVersion;
    private List<ShardNews> news = List.of();

    public ReplicaFetchResponse() {
        super(ReplicationApis.REPLICA_FETCH);
    }

    /**
     * One shard.
     *
     * @param attempt of the follower's position that this answers
     * @param error NONE, or why the leader does not serve the follower
     * @param leaderId as far as the answering broker knows, or -1
     * @param commitLsn every entry below is committed
     * @param startLsn of the leader's log
     * @param divergence the follower has entries that the leader does not have: the leader's last epoch that is not above
     *     the follower's, and where it ends
     * @param firstLsn of the entries
     * @param endLsn behind the entries
     * @param entries headers and payloads in the log's own format, empty without
     */
    public record ShardNews(
            int shardId,
            int attempt,
            Errors error,
            int leaderId,
            int leaderEpoch,
            long commitLsn,
            long startLsn,
            Optional<EpochEndLsn> divergence,
            long firstLsn,
            long endLsn,
            FetchedRecords entries) {
        static void write(ByteWriter out, ShardNews n) {
            out.writeVarint(n.shardId);
            out.writeVarint(n.attempt);
            out.writeSigned(n.error.code());
            out.writeByte(n.divergence.isPresent() ? HAS_DIVERGENCE : 0);
            out.writeSigned(n.leaderId);
            out.writeSigned(n.leaderEpoch);
            out.writeVarlong(n.commitLsn);
            out.writeVarlong(n.startLsn);
            n.divergence.ifPresent(end -> {
                out.writeSigned(end.leaderEpoch());
                out.writeVarlong(end.endLsn());
            });
            out.writeVarlong(n.firstLsn);
            out.writeVarlong(n.endLsn - n.firstLsn);
            out.writeVarint(n.entries.sizeInBytes());
        }

        static ShardNews read(ByteReader in, PayloadSource payloads) {
            int shardId = in.readVarint();
            int attempt = in.readVarint();
            Errors error = Errors.forCode((short) in.readSigned());
            boolean diverges = (in.readByte() & HAS_DIVERGENCE) != 0;
            int leaderId = in.readSignedInt();
            int leaderEpoch = in.readSignedInt();
            long commitLsn = in.readVarlong();
            long startLsn = in.readVarlong();
            Optional<EpochEndLsn> divergence =
                    diverges ? Optional.of(new EpochEndLsn(in.readSignedInt(), in.readVarlong())) : Optional.empty();
            long firstLsn = in.readVarlong();
            long endLsn = firstLsn + in.readVarlong();
            FetchedRecords entries = received(payloads.next(in.readVarint()));
            return new ShardNews(
                    shardId,
                    attempt,
                    error,
                    leaderId,
                    leaderEpoch,
                    commitLsn,
                    startLsn,
                    divergence,
                    firstLsn,
                    endLsn,
                    entries);
        }
    }

    /** The session cannot go on: the follower is not known, or not meant for this broker. */
    public static ReplicaFetchResponse failed(Errors error, String message, long metadataVersion) {
        ReplicaFetchResponse response = new ReplicaFetchResponse();
        response.error = error;
        response.message = message;
        response.metadataVersion = metadataVersion;
        return response;
    }

    /**
     * An answer of a session that goes on.
     *
     * @param metadataVersion of the leader's image
     */
    public static ReplicaFetchResponse of(long metadataVersion, List<ShardNews> news) {
        ReplicaFetchResponse response = new ReplicaFetchResponse();
        response.metadataVersion = metadataVersion;
        response.news = List.copyOf(news);
        return response;
    }

    public Errors error() {
        return error;
    }

    /** "" when there is nothing to say. */
    public String message() {
        return message;
    }

    public long metadataVersion() {
        return metadataVersion;
    }

    public List<ShardNews> news() {
        return news;
    }

    /** Size of all entries. */
    public int entriesBytes() {
        int bytes = 0;
        for (ShardNews one : news) {
            bytes += one.entries().sizeInBytes();
        }
        return bytes;
    }

    @Override
    List<FetchedRecords> payloads() {
        List<FetchedRecords> payloads = new ArrayList<>(news.size());
        for (ShardNews one : news) {
            payloads.add(one.entries());
        }
        return payloads;
    }

    @Override
    void encode(ByteWriter out) {
        out.writeSigned(error.code());
        out.writeString(message);
        out.writeVarlong(metadataVersion);
        out.writeList(news, ShardNews::write);
    }

    @Override
    void decode(ByteReader in, PayloadSource payloads) {
        error = Errors.forCode((short) in.readSigned());
        message = in.readString();
        metadataVersion = in.readVarlong();
        news = in.readList(reader -> ShardNews.read(reader, payloads));
    }
}
