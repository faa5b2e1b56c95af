package io.braid.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.protocol.records.BatchHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;

/** Any sequence of what a shard does with its log, against a model that is a list of entries. */
class LogModelProperties {
    private static final int PARTITIONS = 6;
    private static final AtomicInteger REWRITTEN = new AtomicInteger();

    enum Kind {
        APPEND,
        APPEND_MANY,
        LARGE,
        LOG_START,
        DELETE_TOPIC,
        EPOCH,
        FLUSH,
        MAINTAIN,
        REWRITE,
        AGE,
        TRUNCATE,
        REOPEN,
        KILL,
        TEAR,
        REPLICATE,
        RESTART_FOLLOWER
    }

    record Action(Kind kind, int partition, int amount, long seed) {}

    /** An entry of the model. A batch has bytes, one to a char; the rest says what it did. */
    private record Entry(
            Kind kind,
            int topic,
            int partition,
            long offset,
            long nextOffset,
            int epoch,
            String bytes,
            long producer,
            int sequence) {
        Entry(Kind kind, int topic, int partition, long offset, long nextOffset, int epoch) {
            this(kind, topic, partition, offset, nextOffset, epoch, null, -1, -1);
        }
    }

    /** What the log must show. */
    private static final class Model {
        final List<Entry> entries = new ArrayList<>();

        long nextOffset(int topic, int partition) {
            long next = 0;
            for (Entry entry : entries) {
                next = entry.topic == topic && entry.partition == partition ? Math.max(next, entry.nextOffset) : next;
            }
            return next;
        }

        long logStart(int topic, int partition) {
            long start = 0;
            for (Entry entry : entries) {
                if (entry.kind == Kind.LOG_START && entry.topic == topic && entry.partition == partition) {
                    start = Math.max(start, entry.offset);
                }
            }
            return start;
        }

        /** Last sequence of a producer in a partition, -1 when there is none. */
        int sequence(int topic, int partition, long producer) {
            int last = -1;
            for (Entry entry : entries) {
                boolean same = entry.topic == topic && entry.partition == partition && entry.producer == producer;
                last = same ? entry.sequence : last;
            }
            return last;
        }

        boolean deleted(int topic) {
            return entries.stream().anyMatch(entry -> entry.kind == Kind.DELETE_TOPIC && entry.topic == topic);
        }

        /** Batches from the one that contains the log start on. */
        byte[] bytes(int topic, int partition) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            long start = logStart(topic, partition);
            for (Entry entry : entries) {
                if (entry.bytes != null
                        && entry.topic == topic
                        && entry.partition == partition
                        && entry.nextOffset > start) {
                    out.writeBytes(entry.bytes.getBytes(StandardCharsets.ISO_8859_1));
                }
            }
            return out.toByteArray();
        }

        int epoch() {
            return entries.stream().mapToInt(Entry::epoch).max().orElse(0);
        }

        void cut(long lsn) {
            entries.subList((int) lsn, entries.size()).clear();
        }
    }

    private final List<Path> made = new ArrayList<>();
    private LogFixture log;
    /** Appends what it reads from the log; never ahead of it. */
    private LogFixture follower;

    private EntryReader reader;
    private Model model;
    private int copies;
    /** Never above what was forced, so that a torn tail takes nothing committed. */
    private long committed;

    private int topic;
    private Path root;

    @AfterProperty
    void removeFiles() {
        made.stream().filter(Files::exists).forEach(LogFixture::delete);
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        return anyAction().list().ofMinSize(1).ofMaxSize(60);
    }

    /** Long enough for segments to be rewritten more than once. */
    @Provide
    Arbitrary<List<Action>> manyActions() {
        return anyAction().list().ofMinSize(60).ofMaxSize(120);
    }

    private static Arbitrary<Action> anyAction() {
        Arbitrary<Kind> kinds = Arbitraries.frequency(
                Tuple.of(30, Kind.APPEND),
                Tuple.of(10, Kind.APPEND_MANY),
                Tuple.of(4, Kind.LARGE),
                Tuple.of(8, Kind.LOG_START),
                Tuple.of(8, Kind.REWRITE),
                Tuple.of(1, Kind.DELETE_TOPIC),
                Tuple.of(3, Kind.EPOCH),
                Tuple.of(5, Kind.FLUSH),
                Tuple.of(10, Kind.MAINTAIN),
                Tuple.of(2, Kind.AGE),
                Tuple.of(6, Kind.TRUNCATE),
                Tuple.of(8, Kind.REPLICATE),
                Tuple.of(2, Kind.RESTART_FOLLOWER),
                Tuple.of(2, Kind.REOPEN),
                Tuple.of(2, Kind.KILL),
                Tuple.of(3, Kind.TEAR));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, PARTITIONS - 1),
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.longs())
                .as(Action::new);
    }

    @Property(tries = 90, shrinking = ShrinkingMode.BOUNDED)
    void agreesWithTheModel(@ForAll("actions") List<Action> actions) throws IOException {
        agree(actions);
    }

    @Property(tries = 15, shrinking = ShrinkingMode.BOUNDED)
    void agreesWithTheModelForLong(@ForAll("manyActions") List<Action> actions) throws IOException {
        agree(actions);
        REWRITTEN.addAndGet(log.events.rewritten.size());
    }

    @AfterContainer
    static void rewritesHaveBeenTested() {
        assertThat(REWRITTEN.get()).isPositive();
    }

    private void agree(List<Action> actions) throws IOException {
        root = Files.createTempDirectory("log-model");
        made.add(root);
        model = new Model();
        copies = 0;
        topic = 1;
        LogConfig config = LogConfig.defaults()
                .withSegmentBytes(192 << 10, 384 << 10)
                .withMinFreeBytes(0)
                .withCheckpointMinBytes(200 << 10)
                .withRollMs(10_000)
                .withRewrite(new RewriteConfig(1, 1L << 40, 0.2, 30_000, 40_000, 3, 1));
        log = new LogFixture(root.resolve("0"), config);
        follower = new LogFixture(root.resolve("follower"), config);
        reader = new EntryReader();
        commit(0);
        try {
            for (Action action : actions) {
                run(action);
            }
            check();
            replicate(1 << 20);
        } finally {
            log.close();
            follower.close();
            LogFixture.delete(root);
        }
        assertThat(log.events.failures).isEmpty();
        assertThat(follower.events.failures).isEmpty();
    }

    private void commit(long lsn) {
        committed = lsn;
        hold();
        follower.log.onCommitted(Math.min(lsn, follower.log.nextLsn()));
        follower.log.rewriteBelow(Math.min(lsn, follower.log.nextLsn()));
    }

    /** Tells the log what is committed. */
    private void hold() {
        log.log.onCommitted(committed);
        log.log.rewriteBelow(committed);
    }

    /** Brings the follower up to date. */
    private void replicate(int maxBytes) throws IOException {
        while (follower.log.nextLsn() < log.log.nextLsn()) {
            EntryView view = log.log.entries();
            EntryRun run;
            try {
                run = reader.read(view, follower.log.nextLsn(), maxBytes, LogFixture.ALLOC);
            } catch (LsnGoneException e) {
                copySnapshot();
                continue;
            }
            long end = run.endLsn();
            assertThat(end).isGreaterThan(run.firstLsn());
            assertThat(follower.log.appendReplicated(run.takeBytes(), follower.nowMs))
                    .isEqualTo(end);
        }
        commit(committed);
        check(follower);
    }

    private void copySnapshot() throws IOException {
        follower.log.close();
        try (LogSnapshot snapshot = log.log.snapshot();
                SnapshotInstall install = follower.directory.install(0, snapshot.manifest())) {
            SnapshotCopy.all(snapshot, install);
            install.finish();
        }
        follower.log = follower.directory.open(0);
        commit(committed);
    }

    /** What the log has lost by a truncation or a torn tail, the follower drops. */
    private void cutFollower() throws IOException {
        long lsn = log.log.nextLsn();
        if (follower.log.nextLsn() > lsn) {
            follower.log.truncateTo(lsn, follower.nowMs);
            assertThat(follower.log.nextLsn()).isEqualTo(lsn);
        }
    }

    private void run(Action action) throws IOException {
        Random random = new Random(action.seed);
        switch (action.kind) {
            case APPEND -> append(action.partition, 1, random.nextInt(2000), random);
            case APPEND_MANY -> append(action.partition, action.amount, random.nextInt(6000), random);
            case LARGE -> append(action.partition, 1, 60_000 + random.nextInt(300_000), random);
            case LOG_START -> logStart(action.partition, random);
            case DELETE_TOPIC -> deleteTopic();
            case EPOCH -> epoch();
            case FLUSH -> {
                log.log.flusher().flush();
                commit(Math.max(committed, log.log.nextLsn() - action.amount));
            }
            case MAINTAIN -> {
                log.nowMs += 1_000;
                log.maintain();
                check();
            }
            case REWRITE -> rewrite();
            case AGE -> {
                log.nowMs += 6_000;
                follower.nowMs += 6_000;
                follower.maintain();
            }
            case REPLICATE -> replicate(1 + random.nextInt(action.amount * 5000));
            case RESTART_FOLLOWER -> {
                if (random.nextBoolean()) {
                    follower.reopen();
                } else {
                    follower.kill(nextCopy());
                }
                commit(committed);
                assertThat(follower.events.damages).isEmpty();
            }
            case TRUNCATE -> truncate(action.amount);
            case REOPEN -> {
                log.reopen();
                hold();
                check();
            }
            case KILL -> {
                log.kill(nextCopy());
                hold();
                check();
            }
            case TEAR -> tear(random);
        }
    }

    /** Commits everything, and gives segments the time to be rewritten. */
    private void rewrite() throws IOException {
        PartitionView before = model.nextOffset(topic, 0) > 0 ? log.log.view(row(0)) : null;
        log.log.flusher().flush();
        commit(log.log.nextLsn());
        for (int i = 0; i < 4; i++) {
            log.nowMs += 15_000;
            log.maintain();
        }
        check();
        if (before != null) {
            assertThat(log.readAll(before)).isEqualTo(model.bytes(topic, 0));
        }
    }

    private Path nextCopy() {
        return root.resolve(Integer.toString(++copies));
    }

    private int row(int partition) {
        return log.log.partitions().findOrAdd(LogFixture.TOPIC, topic, partition);
    }

    private void append(int first, int batches, int valueBytes, Random random) {
        EntryBatch entries = new EntryBatch();
        for (int i = 0; i < batches; i++) {
            int partition = (first + i) % PARTITIONS;
            long offset = model.nextOffset(topic, partition);
            int epoch = model.epoch();
            long producer = random.nextInt(5) - 2L;
            int sequence = producer < 0 ? -1 : model.sequence(topic, partition, producer) + 1;
            ByteBuffer batch = producer < 0
                    ? Batches.filled(offset, epoch, 1 + random.nextInt(3), valueBytes / 2 + 1, random.nextLong())
                    : Batches.idempotent(
                            offset,
                            epoch,
                            producer,
                            (short) 0,
                            sequence,
                            Batches.record(1000 + offset, "v".repeat(random.nextInt(300))));
            byte[] bytes = new byte[batch.remaining()];
            batch.duplicate().get(bytes);
            entries.addBatch(row(partition), epoch, batch);
            long next = BatchHeader.lastOffset(batch, batch.position()) + 1;
            model.entries.add(new Entry(
                    Kind.APPEND,
                    topic,
                    partition,
                    offset,
                    next,
                    epoch,
                    new String(bytes, StandardCharsets.ISO_8859_1),
                    producer,
                    sequence));
        }
        log.append(entries);
    }

    private void logStart(int partition, Random random) {
        long next = model.nextOffset(topic, partition);
        long start = next == 0 ? 0 : random.nextLong(next + 1);
        EntryBatch entries = new EntryBatch();
        entries.addLogStart(LogFixture.TOPIC, topic, partition, model.epoch(), start);
        model.entries.add(new Entry(Kind.LOG_START, topic, partition, start, 0, model.epoch()));
        log.append(entries);
    }

    private void deleteTopic() {
        EntryBatch entries = new EntryBatch();
        entries.addTopicDeleted(LogFixture.TOPIC, topic, model.epoch());
        model.entries.add(new Entry(Kind.DELETE_TOPIC, topic, -1, 0, 0, model.epoch()));
        log.append(entries);
        topic++;
    }

    private void epoch() {
        EntryBatch entries = new EntryBatch();
        int epoch = model.epoch() + 1;
        entries.addEpochStart(epoch);
        model.entries.add(new Entry(Kind.EPOCH, 0, -1, 0, 0, epoch));
        log.append(entries);
    }

    private void truncate(int entries) throws IOException {
        long lsn = Math.max(committed, log.log.nextLsn() - entries);
        log.log.truncateTo(lsn, log.nowMs);
        model.cut(lsn);
        cutFollower();
        topic = 1;
        while (model.deleted(topic)) {
            topic++;
        }
        check();
    }

    /** Kills the process and damages the file after the last force: bytes cut, zeroed, or of any value. */
    private void tear(Random random) throws IOException {
        long flushedLsn = log.log.flushedLsn();
        long forced = log.log.forcedPlace();
        Path copy = nextCopy();
        LogFixture.copy(log.path, copy);
        Files.deleteIfExists(copy.resolve(".lock"));
        if (random.nextBoolean()) {
            Files.deleteIfExists(copy.resolve("shards/0/forced"));
        }
        for (LogFiles.Unsealed file : new LogFiles(copy.resolve("shards/0")).unsealedSegments()) {
            long from = LogPosition.segment(forced) == file.segment() ? LogPosition.position(forced) : 0;
            if (LogPosition.segment(forced) <= file.segment()) {
                TornFiles.tear(file.path(), from, random);
            }
        }
        log.close();
        LogFixture.delete(log.path);
        log.path = copy;
        log.open();
        hold();
        long next = log.log.nextLsn();
        assertThat(next).isBetween(flushedLsn, (long) model.entries.size());
        model.cut(next);
        cutFollower();
        topic = 1;
        while (model.deleted(topic)) {
            topic++;
        }
        assertThat(log.events.damages).isEmpty();
        check();
    }

    private void check() throws IOException {
        check(log);
    }

    private void check(LogFixture checked) throws IOException {
        assertThat(checked.log.nextLsn()).isEqualTo(model.entries.size());
        assertThat(checked.log.lastEpoch()).isEqualTo(model.entries.isEmpty() ? -1 : model.epoch());
        for (int id = 1; id <= topic; id++) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                checkPartition(checked, id, partition);
            }
        }
    }

    private void checkPartition(LogFixture checked, int id, int partition) throws IOException {
        int row = checked.log.partitions().find(LogFixture.TOPIC, id, partition);
        boolean expected = !model.deleted(id) && model.nextOffset(id, partition) > 0;
        if (!expected) {
            assertThat(row < 0 || checked.log.partitions().nextOffset(row) == 0)
                    .as("partition %d of topic %d has nothing", partition, id)
                    .isTrue();
            return;
        }
        assertThat(row).isNotNegative();
        PartitionView view = checked.log.view(row);
        assertThat(view.nextOffset()).isEqualTo(model.nextOffset(id, partition));
        assertThat(view.logStartOffset()).isEqualTo(model.logStart(id, partition));
        for (long producer = 0; producer < 3; producer++) {
            int found = checked.log.producers().find(row, producer);
            assertThat(found < 0 ? -1 : checked.log.producers().lastSequence(found))
                    .isEqualTo(model.sequence(id, partition, producer));
        }
        byte[] wanted = model.bytes(id, partition);
        assertThat(checked.readAll(view)).isEqualTo(wanted);
        if (wanted.length > 0) {
            checkLookups(view, wanted);
        }
    }

    private static void checkLookups(PartitionView view, byte[] wanted) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(wanted);
        int at = 0;
        while (at < wanted.length) {
            long base = BatchHeader.baseOffset(bytes, at);
            long inside = Math.max(view.logStartOffset(), base);
            assertThat(view.leaderEpochAt(inside)).isEqualTo(BatchHeader.leaderEpoch(bytes, at));
            long stamp = 1000 + inside;
            assertThat(view.offsetForTimestamp(stamp, Long.MAX_VALUE)
                            .orElseThrow()
                            .offset())
                    .isEqualTo(inside);
            at += BatchHeader.sizeInBytes(bytes, at);
        }
    }
}
