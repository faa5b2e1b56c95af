package io.braid.perf.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the comparison measures. Pure. */
final class Workloads {
    /**
     * Without it the sparse 10 MB index files of Apache Kafka make pages of zeros on disks with much read-ahead, and 10,000 partitions
     * thrash: smaller ones are kinder to it.
     */
    private static final Map<String, String> KIND_TO_KAFKA = Map.of("log.index.size.max.bytes", "65536");

    private static final int SPREAD_TOPIC = 1_000;
    private static final String KAFKA_CLIENTS = "kafka";
    private static final String BRAIDS_CLIENT = "braid";

    private final Extent extent;

    Workloads(Extent extent) {
        this.extent = extent;
    }

    /** In the order in which they run. */
    List<Session> sessions() {
        return List.of(oneNode(), threeNodes(), series(), topics(), failover());
    }

    private Session oneNode() {
        List<Workload> all = new ArrayList<>();
        all.add(produce("produce-16k", 16, 1, KAFKA_CLIENTS));
        all.add(produce("produce-128k", 128, 1, KAFKA_CLIENTS));
        all.add(produce("produce-128k", 128, 1, BRAIDS_CLIENT));
        all.add(consume(KAFKA_CLIENTS));
        all.add(consume(BRAIDS_CLIENT));
        all.add(endToEnd(KAFKA_CLIENTS));
        all.add(endToEnd(BRAIDS_CLIENT));
        all.add(messaging(100));
        all.add(messaging(1_000));
        all.add(Workload.both(
                "groups-commits",
                "20 groups that commit 10 offsets each, one commit after the other",
                extent.rounds(),
                concat("groups commits", times())));
        all.add(Workload.both(
                "groups-rebalance",
                "50 members share 1,000 partitions",
                1,
                concat("groups rebalance", "--members 50 --partitions 1000 --seconds " + extent.seconds())));
        all.add(Workload.both(
                "groups-many",
                "1,000 groups of one member",
                1,
                concat("groups many", "--groups 1000 --seconds " + extent.seconds())));
        spread(all);
        return new Session("one node", 1, KIND_TO_KAFKA, warmUp(1), all);
    }

    private Session threeNodes() {
        return new Session(
                "three nodes",
                3,
                KIND_TO_KAFKA,
                warmUp(3),
                List.of(
                        produce("replicated-16k", 16, 3, KAFKA_CLIENTS),
                        produce("replicated-128k", 128, 3, KAFKA_CLIENTS),
                        produce("replicated-128k", 128, 3, BRAIDS_CLIENT)));
    }

    private Session series() {
        String title = "topics of 1,000 partitions";
        return own(
                "partitions",
                new Workload(
                        "partitions",
                        title,
                        List.of(Workload.BRAID),
                        1,
                        words("partitions --counts " + extent.braidPartitions())),
                new Workload(
                        "partitions",
                        title,
                        List.of(Workload.KAFKA),
                        1,
                        words("partitions --counts " + extent.kafkaPartitions())));
    }

    /** The OpenMessaging benchmark's 1m-topic-1kb: very many topics of one partition, 1 KB records. */
    private Session topics() {
        String title = "topics of one partition, 1 KB records (OpenMessaging benchmark, 1m-topic-1kb)";
        return own(
                "topics",
                new Workload(
                        "topics",
                        title,
                        List.of(Workload.BRAID),
                        1,
                        words("partitions --per-topic 1 --counts " + extent.braidPartitions())),
                new Workload(
                        "topics",
                        title,
                        List.of(Workload.KAFKA),
                        1,
                        words("partitions --per-topic 1 --no-restarts --counts " + extent.kafkaPartitions())));
    }

    private Session failover() {
        String timing = " --before " + Math.max(3, 2 * extent.warmUpSeconds() + extent.seconds()) + " --after "
                + Math.max(12, 3 * extent.seconds());
        List<Workload> all = new ArrayList<>();
        all.add(Workload.both(
                "failover",
                "48 partitions alone",
                Math.min(2, extent.rounds()),
                concat("partitions --nodes 3 --counts 0", timing)));
        all.add(Workload.both(
                "failover-beside-" + extent.failoverPartitions(),
                "48 beside " + number(extent.failoverPartitions()),
                1,
                concat("partitions --nodes 3 --counts " + extent.failoverPartitions(), timing)));
        all.add(Workload.braidOnly(
                "failover-beside-" + extent.partitions(),
                "48 beside " + number(extent.partitions()),
                1,
                concat("partitions --nodes 3 --counts " + extent.partitions(), timing)));
        return own("failover", all.toArray(new Workload[0]));
    }

    private static Session own(String name, Workload... workloads) {
        return new Session(name, 0, Map.of(), List.of(), List.of(workloads));
    }

    private Workload produce(String name, int batchKb, int replicas, String client) {
        return Workload.both(
                name + suffix(client),
                "produce, 1 KB records, 16 partitions, acks=all, " + batchKb + " KB batches"
                        + (replicas > 1 ? ", three replicas" : ""),
                replicas > 1 ? Math.min(2, extent.rounds()) : extent.rounds(),
                concat(
                        "produce --batch " + batchKb * 1024 + " --partitions 16 --replicas " + replicas + " --client "
                                + client,
                        times()));
    }

    private Workload consume(String client) {
        return Workload.both(
                "consume" + suffix(client),
                "consume, 1 KB records, 16 partitions, page cache warm",
                extent.rounds(),
                concat("consume --partitions 16 --gb " + extent.gb() + " --client " + client, ""));
    }

    private Workload endToEnd(String client) {
        return Workload.both(
                "end-to-end" + suffix(client),
                "end to end, 1 KB records, 16 partitions, " + number(extent.rate() / 10) + "/s",
                extent.rounds(),
                concat("end-to-end --partitions 16 --rate " + extent.rate() / 10 + " --client " + client, times()));
    }

    /**
     * The OpenMessaging benchmark's 1-topic-100-partitions-1kb (one producer, one consumer, 50,000 records a second), and the same with
     * 1,000 partitions: its own workload of that shape asks 100 producers for 250,000 a second.
     */
    private Workload messaging(int partitions) {
        return Workload.both(
                "messaging-" + partitions,
                "OpenMessaging benchmark, one topic of " + number(partitions) + " partitions, 1 KB, "
                        + number(extent.rate()) + "/s",
                1,
                concat("end-to-end --partitions " + partitions + " --rate " + extent.rate(), times()));
    }

    /** kafka-clients stop at 100,000 partitions: at 1,000,000 they send a few records a second, after minutes. */
    private void spread(List<Workload> all) {
        for (String client : List.of(KAFKA_CLIENTS, BRAIDS_CLIENT)) {
            for (int partitions : new int[] {100, 1_000, 10_000}) {
                if (partitions <= extent.partitions()) {
                    int rounds = client.equals(KAFKA_CLIENTS) ? extent.rounds() : 1;
                    all.add(Workload.both(
                            spreadName(partitions, client),
                            spreadTitle(partitions),
                            rounds,
                            spread(partitions, client)));
                }
            }
        }
        if (extent.partitions() >= 100_000) {
            all.add(spreadOverMany(100_000, KAFKA_CLIENTS));
            all.add(spreadOverMany(100_000, BRAIDS_CLIENT));
        }
        if (extent.partitions() >= 1_000_000) {
            all.add(spreadOverMany(1_000_000, BRAIDS_CLIENT));
        }
    }

    private Workload spreadOverMany(int partitions, String client) {
        return Workload.braidOnly(
                spreadName(partitions, client), spreadTitle(partitions), 1, spread(partitions, client));
    }

    private String[] spread(int partitions, String client) {
        return concat(
                "spread --partitions " + partitions + " --per-topic " + SPREAD_TOPIC + " --client " + client, times());
    }

    private static String spreadName(int partitions, String client) {
        return "spread-" + partitions + suffix(client);
    }

    private static String suffix(String client) {
        return client.equals(BRAIDS_CLIENT) ? "-own-client" : "";
    }

    private static String spreadTitle(int partitions) {
        return "1 KB records to random ones of " + number(partitions) + " partitions";
    }

    private List<List<String>> warmUp(int replicas) {
        int seconds = extent.brokerWarmUpSeconds() * (replicas > 1 ? 3 : 1);
        return List.of(
                words("produce --partitions 16 --warm-up 0 --seconds " + seconds + " --replicas " + replicas),
                words("consume --partitions 16 --gb " + extent.gb() / 2 + " --reps 8 --replicas " + replicas));
    }

    private String times() {
        return "--seconds " + extent.seconds() + " --warm-up " + extent.warmUpSeconds();
    }

    private static String[] concat(String first, String second) {
        return (first + " " + second).trim().split(" +", -1);
    }

    private static List<String> words(String all) {
        return List.of(all.split(" ", -1));
    }

    private static String number(int value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
