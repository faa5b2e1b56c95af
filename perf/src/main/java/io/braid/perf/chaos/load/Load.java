package io.braid.perf.chaos.load;

import io.braid.perf.chaos.history.HistoryFile;
import io.braid.perf.chaos.history.Op;
import io.braid.perf.measure.ClientKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * All clients of a run: starts them, replaces one now and then, and in the end reads everything once more. Used by one
 * thread; each client has its own.
 */
public final class Load implements AutoCloseable {
    private static final List<String> PROTOCOLS = List.of("classic", "consumer");

    private final LoadPlan plan;
    private final ClientLibrary clients;
    private final HistoryFile history;
    private final Random random;
    private final Map<Writer, Thread> writers = new HashMap<>();
    private final Map<Tail, Thread> tails = new HashMap<>();
    private final Map<String, Map<Integer, Long>> progress = new HashMap<>();
    private int writersMade;
    private int tailsMade;

    public Load(LoadPlan plan, HistoryFile history) {
        this.plan = plan;
        this.clients = plan.client() == ClientKind.BRAID ? new BraidLibrary() : new KafkaLibrary();
        this.history = history;
        this.random = new Random(plan.seed());
    }

    /** Starts all clients; the topic must be there. */
    public void start() {
        for (int i = 0; i < plan.readers(); i++) {
            addReader();
        }
        for (String protocol : PROTOCOLS) {
            for (int i = 0; i < plan.membersPerGroup(); i++) {
                addMember(protocol);
            }
        }
        for (int i = 0; i < plan.writers(); i++) {
            addWriter();
        }
    }

    /** Replaces a member of a group, and now and then a producer, by a new one: half of them leave in order, as they were made to. */
    public void replaceOne() {
        List<Member> members = tails.keySet().stream()
                .filter(Member.class::isInstance)
                .map(Member.class::cast)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .collect(Collectors.toList());
        if (!members.isEmpty()) {
            Member leaving = members.get(random.nextInt(members.size()));
            leaving.stop();
            tails.remove(leaving);
            addMember(leaving.group().substring("group-".length()));
        }
        if (random.nextInt(3) == 0) {
            Writer leaving = writers.keySet().iterator().next();
            end(leaving, random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(60));
            addWriter();
        }
    }

    /** Puts a new producer in the place of each one that can send no more. */
    public void replaceBroken() {
        List<Writer> broken =
                writers.keySet().stream().filter(Writer::brokenForGood).collect(Collectors.toList());
        for (Writer writer : broken) {
            end(writer, Duration.ZERO);
            addWriter();
        }
    }

    /** Ends the producers; what is on its way gets its outcome. */
    public void stopWriting() {
        writers.keySet().forEach(Writer::stop);
        List<Thread> closing = new ArrayList<>();
        writers.forEach((writer, thread) -> closing.add(start("close", () -> {
            join(thread);
            writer.close(Duration.ofSeconds(60));
        })));
        closing.forEach(Load::join);
        writers.clear();
    }

    /**
     * After {@link #stopWriting}: waits until all readers and groups have read to the ends, ends them, and reads everything
     * once more. What does not come to its end in time is noted as stuck.
     */
    public void readAll(Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        Map<TopicPartition, Long> ends = ends(deadlineNs);
        if (!ends.isEmpty()) {
            awaitTails(ends, deadlineNs);
        }
        stopTails();
        if (ends.isEmpty()) {
            history.note(Op.Note.Kind.STUCK, Op.FINAL_READER, "the ends of the partitions cannot be had");
            return;
        }
        if (ends.values().stream().allMatch(end -> end == 0)) {
            history.note(Op.Note.Kind.STUCK, Op.FINAL_READER, "nothing was written");
        }
        ends.forEach((partition, end) -> history.add(new Op.End(history.nowMs(), partition.partition(), end)));
        readAll(ends, System.nanoTime() + timeout.toNanos());
    }

    /** Ends all clients, waiting for no record. */
    @Override
    public void close() {
        writers.keySet().forEach(Writer::stop);
        writers.forEach((writer, thread) -> {
            join(thread);
            writer.close(Duration.ZERO);
        });
        writers.clear();
        stopTails();
    }

    // ---- clients

    private void addWriter() {
        int number = ++writersMade;
        Writer writer =
                new Writer(plan, history, number, clients.producer(plan, "w" + number), plan.seed() + number);
        writers.put(writer, start("w" + number, writer));
    }

    private void end(Writer writer, Duration timeout) {
        Thread thread = writers.remove(writer);
        writer.stop();
        start("close", () -> {
            join(thread);
            writer.close(timeout);
        });
    }

    private void addReader() {
        String name = "r" + ++tailsMade;
        AssignedReader reader = new AssignedReader(
                plan, history, name, clients.reader(plan, name), plan.seed() + 1000 + tailsMade);
        tails.put(reader, start(name, reader));
    }

    private void addMember(String protocol) {
        String name = protocol.charAt(0) + "m" + ++tailsMade;
        String group = "group-" + protocol;
        Member member = new Member(
                plan,
                history,
                name,
                group,
                clients.member(plan, name, group, protocol, random.nextBoolean()),
                progress.computeIfAbsent(group, g -> new ConcurrentHashMap<>()));
        tails.put(member, start(name, member));
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (KafkaException e) {
                        history.note(Op.Note.Kind.ERROR, name, "ended: " + Errors.text(e));
                    } catch (RuntimeException | Error e) {
                        // No client may do this; and a run whose clients are gone would be good for nothing.
                        history.note(Op.Note.Kind.STUCK, name, "ended: " + Errors.text(e));
                    }
                },
                "chaos-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void stopTails() {
        tails.keySet().forEach(Tail::stop);
        tails.values().forEach(Load::join);
        tails.clear();
    }

    private static void join(Thread thread) {
        try {
            thread.join(120_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the end

    private Map<TopicPartition, Long> ends(long deadlineNs) {
        List<TopicPartition> all = IntStream.range(0, plan.partitions())
                .mapToObj(partition -> new TopicPartition(plan.topic(), partition))
                .collect(Collectors.toList());
        try (RecordReader consumer = clients.reader(plan, Op.FINAL_READER)) {
            while (System.nanoTime() < deadlineNs) {
                try {
                    return consumer.endOffsets(all);
                } catch (KafkaException e) {
                    history.note(Op.Note.Kind.ERROR, Op.FINAL_READER, Errors.text(e));
                }
            }
        }
        return Map.of();
    }

    private void awaitTails(Map<TopicPartition, Long> ends, long deadlineNs) {
        Map<String, List<Tail>> readers = new TreeMap<>();
        for (Tail tail : tails.keySet()) {
            String who = tail instanceof Member member ? member.group() : tail.name();
            readers.computeIfAbsent(who, w -> new ArrayList<>()).add(tail);
        }
        readers.forEach((who, group) -> ends.forEach((partition, end) -> {
            boolean there = reached(group, partition.partition(), end);
            while (!there && System.nanoTime() < deadlineNs) {
                sleep();
                there = reached(group, partition.partition(), end);
            }
            if (!there) {
                history.note(
                        Op.Note.Kind.STUCK,
                        who,
                        "does not read partition " + partition.partition() + " to its end " + end + ", is at "
                                + group.stream()
                                        .map(t -> t.name() + ":" + t.nextOffset(partition.partition()))
                                        .collect(Collectors.joining(" ")));
            }
        }));
    }

    private static boolean reached(List<Tail> readers, int partition, long end) {
        return end == 0 || readers.stream().anyMatch(tail -> tail.nextOffset(partition) >= end);
    }

    private void readAll(Map<TopicPartition, Long> ends, long deadlineNs) {
        try (RecordReader consumer = clients.reader(plan, Op.FINAL_READER)) {
            ReaderSteps steps = new ReaderSteps(history, Op.FINAL_READER, consumer);
            consumer.assign(ends.keySet());
            ends.keySet().forEach(partition -> {
                consumer.seek(partition, 0);
                history.add(new Op.Assign(history.nowMs(), Op.FINAL_READER, "", partition.partition(), 0));
            });
            while (System.nanoTime() < deadlineNs && !ends.isEmpty()) {
                steps.poll(Duration.ofMillis(500));
                if (ends.entrySet().stream()
                        .allMatch(e ->
                                e.getValue() == 0 || steps.nextOffset(e.getKey().partition()) >= e.getValue())) {
                    return;
                }
            }
            history.note(Op.Note.Kind.STUCK, Op.FINAL_READER, "not all could be read to the ends in time");
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
