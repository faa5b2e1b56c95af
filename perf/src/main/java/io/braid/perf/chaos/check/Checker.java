package io.braid.perf.chaos.check;

import io.braid.perf.chaos.history.Op;
import io.braid.perf.chaos.history.OpVisitor;
import io.braid.perf.chaos.history.Outcome;
import io.braid.perf.chaos.history.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Takes a history line by line, in its order, and says in the end what is wrong with it. What depends on a line alone
 * or on those before it is found at once; gaps in polls, and what was lost, only when all lines are known.
 */
public final class Checker implements OpVisitor {

    private record Reader(String process, int partition) {}

    private record Group(String group, int partition) {}

    /** Offsets that a reader went past without reading them. */
    private record Gap(Anomaly anomaly, String process, int partition, long after, long before, long atMs) {}

    /** Where a member began to read what it was assigned. */
    private record Start(Group group, String process, long assignedMs, long offset, long atMs) {}

    private final Anomalies anomalies = new Anomalies();
    private final Map<Integer, PartitionLog> logs = new TreeMap<>();
    private final Map<Integer, ProducerSends> producers = new TreeMap<>();
    private final Map<Reader, Cursor> cursors = new HashMap<>();
    private final Map<Group, GroupOffsets> groups = new HashMap<>();
    private final Map<Integer, Long> highestRead = new HashMap<>();
    private final Map<Integer, Long> highestReadAtTheEnd = new HashMap<>();
    private final Map<Integer, Long> ends = new HashMap<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Start> starts = new ArrayList<>();
    private final Map<String, Long> errors = new TreeMap<>();
    private final Map<String, Long> calmErrors = new TreeMap<>();
    private boolean calm = true;
    private final Pauses pauses = new Pauses();
    private final Map<Outcome, Long> sends = new HashMap<>();
    private long read;
    private long polls;
    private long commits;
    private long withoutOffset;
    private Reader lastPoller = new Reader("", -1);
    private int lastPoll = -1;

    @Override
    public void onSend(Op.Send send) {
        sends.merge(send.outcome(), 1L, Long::sum);
        pauses.sent(send.partition(), send.sentMs());
        ProducerSends producer = producer(send.value());
        int sequence = Value.sequence(send.value());
        switch (send.outcome()) {
            case OK -> {
                producer.sent(sequence, ProducerSends.OK, send.partition());
                pauses.acknowledged(send.partition(), send.atMs());
                if (send.offset() >= 0) {
                    seen(send.partition(), send.offset(), send.value(), send);
                } else {
                    withoutOffset++;
                }
            }
            case FAIL -> producer.sent(sequence, ProducerSends.FAIL, send.partition());
            case INFO -> producer.sent(sequence, ProducerSends.INFO, send.partition());
        }
        if (send.outcome() != Outcome.OK) {
            errors.merge("send: " + send.error(), 1L, Long::sum);
        }
    }

    @Override
    public void onPoll(Op.Poll poll) {
        boolean atTheEnd = poll.process().equals(Op.FINAL_READER);
        if (!poll.process().equals(lastPoller.process()) || poll.poll() != lastPoll) {
            polls++;
        }
        lastPoller = new Reader(poll.process(), poll.partition());
        lastPoll = poll.poll();
        follow(poll);
        long offset = poll.offset();
        for (long value : poll.values()) {
            seen(poll.partition(), offset, value, poll);
            producer(value).read(Value.sequence(value), atTheEnd);
            offset++;
        }
        read += poll.values().size();
        highestRead.merge(poll.partition(), offset - 1, Math::max);
        if (atTheEnd) {
            highestReadAtTheEnd.merge(poll.partition(), offset - 1, Math::max);
        }
    }

    @Override
    public void onAssign(Op.Assign assign) {
        cursors.put(
                new Reader(assign.process(), assign.partition()),
                new Cursor(
                        assign.group(),
                        assign.atMs(),
                        true,
                        assign.offset() < 0 ? Cursor.BY_COMMIT : assign.offset() - 1,
                        -1));
    }

    @Override
    public void onCommit(Op.Commit commit) {
        GroupOffsets group = group(commit.group(), commit.partition());
        if (commit.outcome() == Outcome.OK) {
            commits++;
            group.acknowledged(commit.atMs(), commit.offset());
        } else {
            group.perhaps(commit.offset());
        }
    }

    @Override
    public void onEnd(Op.End end) {
        ends.put(end.partition(), end.offset());
    }

    @Override
    public void onNote(Op.Note note) {
        String text = note.process() + " at " + note.atMs() + " ms: " + note.text();
        switch (note.kind()) {
            case RUN -> {}
            case FAULT -> {
                pauses.fault();
                if (calm) {
                    calm = false;
                    calmErrors.putAll(errors);
                    errors.clear();
                }
            }
            case ERROR -> errors.merge("reader: " + note.text(), 1L, Long::sum);
            case OUT_OF_RANGE -> anomalies.add(Anomaly.OUT_OF_RANGE, text);
            case CORRUPT -> anomalies.add(Anomaly.FABRICATED, text);
            case DIED -> anomalies.add(Anomaly.NODE_DIED, text);
            case STUCK -> anomalies.add(Anomaly.NOT_RECOVERED, text);
        }
    }

    /** Call once, after the last line. */
    public Report finish() {
        gaps.forEach(this::judge);
        starts.forEach(this::judge);
        logs.forEach(this::judgeOrder);
        producers.forEach(this::judgeSends);
        Map<Integer, Pauses.Pause> longest = pauses.longest();
        return new Report(
                sends.values().stream().mapToLong(n -> n).sum(),
                sends.getOrDefault(Outcome.OK, 0L),
                withoutOffset,
                sends.getOrDefault(Outcome.FAIL, 0L),
                sends.getOrDefault(Outcome.INFO, 0L),
                read,
                polls,
                commits,
                longest.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue()
                        .ms())),
                longest.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue()
                        .fromMs())),
                pauses.calmMs(),
                errors,
                calmErrors,
                anomalies.counts(),
                anomalies.examples());
    }

    // ---- line by line

    private void seen(int partition, long offset, long value, Op by) {
        PartitionLog log = logs.computeIfAbsent(partition, p -> new PartitionLog());
        long other = log.put(offset, value);
        if (other != PartitionLog.UNKNOWN) {
            anomalies.add(
                    Anomaly.INCONSISTENT_OFFSETS,
                    "offset " + offset + " held " + name(other) + " and then " + name(value) + " in "
                            + at(partition, by));
        }
        long elsewhere = producer(value).placed(Value.sequence(value), offset);
        if (elsewhere >= 0) {
            anomalies.add(
                    Anomaly.DUPLICATE,
                    name(value) + " stands at offset " + elsewhere + " and at " + offset + " in " + at(partition, by));
        }
    }

    private void follow(Op.Poll poll) {
        long first = poll.offset();
        Reader reader = new Reader(poll.process(), poll.partition());
        Cursor cursor = cursors.get(reader);
        if (cursor == null) {
            cursor = new Cursor("", poll.atMs(), true, first - 1, -1);
        } else if (cursor.last() == Cursor.BY_COMMIT) {
            begin(poll, cursor);
        } else if (first <= cursor.last()) {
            anomalies.add(
                    cursor.poll() == poll.poll() ? Anomaly.INT_NONMONOTONIC_POLL : Anomaly.NONMONOTONIC_POLL,
                    poll.process() + " read offset " + first + " after " + cursor.last() + " in "
                            + at(poll.partition(), poll));
        } else if (first > cursor.last() + 1) {
            gaps.add(new Gap(
                    cursor.poll() == poll.poll() ? Anomaly.INT_POLL_SKIP : Anomaly.POLL_SKIP,
                    poll.process(),
                    poll.partition(),
                    cursor.last(),
                    first,
                    poll.atMs()));
        }
        long last = first + poll.values().size() - 1;
        cursors.put(reader, cursor.moved(last, poll.poll()));
        if (!cursor.group().isEmpty()) {
            group(cursor.group(), poll.partition()).read(last);
        }
    }

    /** The first poll of a member since it was assigned the partition. */
    private void begin(Op.Poll poll, Cursor cursor) {
        GroupOffsets group = group(cursor.group(), poll.partition());
        starts.add(new Start(
                new Group(cursor.group(), poll.partition()),
                poll.process(),
                cursor.assignedMs(),
                poll.offset(),
                poll.atMs()));
        if (poll.offset() > group.highestRead() + 1) {
            gaps.add(new Gap(
                    Anomaly.GROUP_SKIP,
                    poll.process(),
                    poll.partition(),
                    group.highestRead(),
                    poll.offset(),
                    poll.atMs()));
        }
    }

    // ---- when all is known

    private void judge(Gap gap) {
        PartitionLog log = logs.get(gap.partition());
        long known = log == null ? 0 : log.knownBetween(gap.after(), gap.before());
        if (known > 0) {
            anomalies.add(
                    gap.anomaly(),
                    gap.process() + " went from offset " + gap.after() + " to " + gap.before() + " past " + known
                            + " known values in partition " + gap.partition() + " at " + gap.atMs() + " ms");
        }
    }

    private void judge(Start start) {
        long forgotten = groups.get(start.group()).forgotten(start.assignedMs(), start.offset());
        if (forgotten >= 0) {
            anomalies.add(
                    Anomaly.LOST_COMMIT,
                    start.process() + " of " + start.group().group() + ", assigned at " + start.assignedMs()
                            + " ms, began at offset " + start.offset() + ", committed was " + forgotten
                            + ", in partition " + start.group().partition() + " at " + start.atMs() + " ms");
        }
    }

    private void judgeOrder(int partition, PartitionLog log) {
        Map<Integer, Long> highest = new HashMap<>();
        log.forEachOffset(offset -> {
            long value = log.at(offset);
            Long before = highest.merge(Value.producer(value), value, Math::max);
            if (before != value) {
                anomalies.add(
                        Anomaly.NONMONOTONIC_SEND,
                        name(value) + " stands at offset " + offset + ", after " + name(before) + ", in partition "
                                + partition);
            }
            ProducerSends producer = producer(value);
            int sequence = Value.sequence(value);
            if (!producer.wasRead(sequence) && !producer.wasReadAtTheEnd(sequence)) {
                return;
            }
            byte outcome = producer.outcome(sequence);
            if (outcome == ProducerSends.NOT_SENT || producer.partition(sequence) != partition) {
                anomalies.add(
                        Anomaly.FABRICATED,
                        name(value) + " was read at offset " + offset + " of partition " + partition + " and sent "
                                + (outcome == ProducerSends.NOT_SENT
                                        ? "never"
                                        : "to partition " + producer.partition(sequence)));
            } else if (outcome == ProducerSends.FAIL) {
                anomalies.add(
                        Anomaly.ABORTED_READ,
                        name(value) + " was read at offset " + offset + " of partition " + partition
                                + ", and its send had failed");
            }
        });
    }

    private void judgeSends(int number, ProducerSends producer) {
        for (int sequence = 0; sequence < producer.size(); sequence++) {
            byte outcome = producer.outcome(sequence);
            boolean acked = outcome == ProducerSends.OK;
            if (outcome == ProducerSends.NOT_SENT || (!acked && producer.offset(sequence) < 0)) {
                continue; // nobody was promised that it is there, and nobody saw it there
            }
            int partition = producer.partition(sequence);
            long offset = producer.offset(sequence);
            String what = name(Value.of(number, sequence)) + " at offset " + (offset < 0 ? "unknown" : offset)
                    + " of partition " + partition + " was " + (acked ? "acknowledged" : "sent")
                    + (producer.wasRead(sequence) ? " and read" : "");
            if (ends.containsKey(partition)) {
                if (!producer.wasReadAtTheEnd(sequence)) {
                    long upTo = highestReadAtTheEnd.getOrDefault(partition, -1L);
                    long end = ends.get(partition);
                    boolean reached = upTo >= end - 1 || (offset >= 0 && offset <= upTo) || offset >= end;
                    anomalies.add(
                            reached ? Anomaly.LOST_WRITE : Anomaly.UNSEEN,
                            what + "; the last reader read to " + upTo + ", the end was " + end);
                }
            } else if (acked && !producer.wasRead(sequence)) {
                long upTo = highestRead.getOrDefault(partition, -1L);
                anomalies.add(
                        offset >= 0 && offset <= upTo ? Anomaly.LOST_WRITE : Anomaly.UNSEEN,
                        what + "; read was up to " + upTo);
            }
        }
    }

    // ---- small things

    private ProducerSends producer(long value) {
        return producers.computeIfAbsent(Value.producer(value), p -> new ProducerSends());
    }

    private GroupOffsets group(String group, int partition) {
        return groups.computeIfAbsent(new Group(group, partition), g -> new GroupOffsets());
    }

    private static String name(long value) {
        return "value " + Value.text(value);
    }

    private static String at(int partition, Op by) {
        return "partition " + partition + " at " + by.atMs() + " ms";
    }
}
