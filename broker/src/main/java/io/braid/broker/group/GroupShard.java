package io.braid.broker.group;

import io.braid.image.ClusterImage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator of one partition of {@code __consumer_offsets} while this broker leads it: loads the core from the log,
 * feeds it, appends what it decides, answers when that is committed.
 *
 * <p>All that came in while the thread was busy goes into one batch. An append that fails throws the core away and loads a
 * new one. Owned by the partition's thread; others come in by the methods that say so.
 */
final class GroupShard {
    private static final Logger LOG = LoggerFactory.getLogger(GroupShard.class);
    private static final long RETRY_MS = 500;
    private static final long RETRY_SOON_MS = 50;
    /** Until a log that cannot be understood is looked at again. */
    private static final long RETRY_FAILED_MS = 30_000;
    /** A tick that is this late means that heartbeats wait to be read: members get as long again before they expire. */
    private static final long STALL_MS = 1000;

    private enum Phase {
        LOADING,
        ACTIVE,
        FAILED,
        CLOSED
    }

    /** A batch on its way, with the answers that wait for it. */
    private static final class Flight {
        private final List<Answer<?>> answers = new ArrayList<>();
        private boolean beginsSnapshot;
        private boolean endsSnapshot;
    }

    private final int partition;
    private final CoordinatorLog log;
    private final Supplier<GroupCore> cores;
    private final RecordCodec codec;
    private final Supplier<ClusterImage> image;
    private final Executor background;
    private final GroupEvents events;
    private final LogBound bound;
    private final BatchBuilder batches;
    private final List<Answer<?>> openAnswers = new ArrayList<>();
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();

    private Phase phase = Phase.LOADING;
    // What was begun under an older number has lost its meaning.
    private int incarnation;
    private GroupCore core;
    private boolean flushAsked;
    private long retryMs;
    private long lastTickMs;
    private long quietUntilMs;

    // When the partition wants a tick; read by the timer.
    private volatile long wakeMs = Group.NEVER;
    private volatile boolean tickAsked;

    GroupShard(
            int partition,
            CoordinatorLog log,
            Supplier<GroupCore> cores,
            RecordCodec codec,
            Supplier<ClusterImage> image,
            Executor background,
            GroupEvents events) {
        this.partition = partition;
        this.log = log;
        this.cores = cores;
        this.codec = codec;
        this.image = image;
        this.background = background;
        this.events = events;
        this.batches = new BatchBuilder(codec);
        this.bound = new LogBound();
    }

    // ---- from other threads

    /** Begins to load. Any thread, once. */
    void start() {
        log.run(partition, this::load);
    }

    /** Leadership is gone, or the node stops: everyone who waits is answered. Any thread. */
    void close() {
        if (!log.run(partition, nowMs -> drop(Errors.NOT_COORDINATOR, Phase.CLOSED))) {
            LOG.warn("event=group_partition_not_closed partition={}", partition);
        }
    }

    /** Has the request decided, or refused. Any thread. */
    void submit(GroupRequest request) {
        if (!log.run(partition, nowMs -> handle(request, nowMs))) {
            request.refuse(Errors.COORDINATOR_NOT_AVAILABLE);
        }
    }

    /** Removes the offsets of topics that are gone. Any thread. */
    void onTopicsDeleted(Collection<Uuid> topicIds) {
        log.run(
                partition,
                nowMs -> guarded(() -> {
                    if (phase == Phase.ACTIVE) {
                        take(core.onTopicsDeleted(topicIds, image.get(), nowMs), nowMs);
                    }
                }));
    }

    /** Lets {@code look} see the state if it is loaded; {@code otherwise} hears why not. Any thread. */
    void inspect(Consumer<GroupState> look, Consumer<Errors> otherwise) {
        boolean submitted = log.run(partition, nowMs -> {
            if (phase == Phase.ACTIVE) {
                look.accept(core.state());
            } else {
                otherwise.accept(refusal());
            }
        });
        if (!submitted) {
            otherwise.accept(Errors.COORDINATOR_NOT_AVAILABLE);
        }
    }

    /** The timer's call, every few ms. Any thread. */
    void poll(long nowMs) {
        if (wakeMs <= nowMs && !tickAsked) {
            tickAsked = true;
            if (!log.run(partition, this::tick)) {
                tickAsked = false;
            }
        }
    }

    // ---- loading

    private void load(long startMs) {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.LOADING;
        wakeMs = Group.NEVER;
        int load = ++incarnation;
        GroupCore fresh = cores.get();
        core = fresh;
        log.read(partition, new RecordSink(codec, new RecordSink.Target() {
            @Override
            public boolean apply(List<GroupRecord> records, Runnable applied) {
                return log.run(partition, nowMs -> {
                    if (load == incarnation) {
                        guarded(() -> records.forEach(fresh::apply));
                    }
                    applied.run();
                });
            }

            @Override
            public void end(long logStartOffset, long nextOffset, long count) {
                log.run(partition, nowMs -> {
                    if (load == incarnation && phase == Phase.LOADING) {
                        bound.begin(logStartOffset, nextOffset);
                        loaded(count, startMs, nowMs);
                    }
                });
            }

            @Override
            public void failed(Errors error, String why) {
                log.run(partition, nowMs -> {
                    if (load == incarnation) {
                        loadFailed(error, why, nowMs);
                    }
                });
            }
        }));
    }

    private void loaded(long count, long startMs, long nowMs) {
        core.onLoaded(nowMs);
        phase = Phase.ACTIVE;
        lastTickMs = nowMs;
        wakeMs = core.nextDeadlineMs();
        events.loaded(count, nowMs - startMs);
        LOG.debug("event=groups_loaded partition={} records={} ms={}", partition, count, nowMs - startMs);
    }

    private void loadFailed(Errors error, String why, long nowMs) {
        if (error == Errors.COORDINATOR_LOAD_IN_PROGRESS) {
            retryLater(Phase.LOADING, nowMs + RETRY_SOON_MS); // the last leader's end is about to be committed
            return;
        }
        LOG.warn("event=group_load_failed partition={} error={} reason=\"{}\"", partition, error, why);
        boolean hopeless = error == Errors.CORRUPT_MESSAGE;
        retryLater(hopeless ? Phase.FAILED : Phase.LOADING, nowMs + (hopeless ? RETRY_FAILED_MS : RETRY_MS));
    }

    private void retryLater(Phase meanwhile, long atMs) {
        phase = meanwhile;
        retryMs = atMs;
        wakeMs = atMs;
    }

    // ---- deciding

    private void handle(GroupRequest request, long nowMs) {
        if (phase != Phase.ACTIVE) {
            request.refuse(refusal());
            return;
        }
        try {
            take(core.decide(request, image.get(), nowMs), nowMs);
        } catch (RuntimeException e) {
            LOG.error("event=group_request_failed partition={} group={}", partition, request.groupId(), e);
            request.refuse(Errors.UNKNOWN_SERVER_ERROR);
            restart(Errors.COORDINATOR_NOT_AVAILABLE, nowMs);
        }
    }

    private Errors refusal() {
        return switch (phase) {
            case LOADING -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
            case CLOSED -> Errors.NOT_COORDINATOR;
            default -> Errors.COORDINATOR_NOT_AVAILABLE;
        };
    }

    private void tick(long nowMs) {
        tickAsked = false;
        if (phase != Phase.ACTIVE) {
            if (phase != Phase.CLOSED && nowMs >= retryMs) {
                load(nowMs);
            }
            return;
        }
        lastTickMs = nowMs;
        if (nowMs - wakeMs > STALL_MS && nowMs - quietUntilMs > STALL_MS) {
            LOG.info("event=groups_stalled partition={} late_ms={}", partition, nowMs - wakeMs);
            quietUntilMs = nowMs + STALL_MS;
            wakeMs = quietUntilMs;
            return;
        }
        guarded(() -> take(core.tick(image.get(), nowMs), nowMs));
    }

    /** Keeps a decision's records for the next batch, and its answers until that is committed. */
    private void take(Decision decision, long nowMs) {
        decision.records().forEach(record -> batches.add(record, nowMs));
        if (!batches.isEmpty()) {
            openAnswers.addAll(decision.answers());
            askFlush();
        } else if (!flights.isEmpty()) {
            flights.getLast().answers.addAll(decision.answers());
        } else {
            decision.answers().forEach(Answer::send);
        }
        decision.computations().forEach(this::compute);
        if (decision.rebalances() > 0) {
            events.rebalanced(decision.rebalances());
        }
        wakeMs = Math.max(core.nextDeadlineMs(), quietUntilMs);
    }

    private void compute(Computation computation) {
        int begun = incarnation;
        background.execute(() -> {
            GroupRequest result;
            try {
                result = computation.compute();
            } catch (RuntimeException e) {
                LOG.error("event=group_computation_failed partition={}", partition, e);
                log.run(partition, nowMs -> ifStill(begun, () -> restart(Errors.COORDINATOR_NOT_AVAILABLE, nowMs)));
                return;
            }
            log.run(partition, nowMs -> ifStill(begun, () -> handle(result, nowMs)));
        });
    }

    private void ifStill(int begun, Runnable step) {
        if (begun == incarnation) {
            step.run();
        }
    }

    // ---- appending

    /** The flush comes in behind the requests that wait now, so that they share its batch. */
    private void askFlush() {
        if (!flushAsked) {
            flushAsked = true;
            int begun = incarnation;
            if (!log.run(partition, nowMs -> flush(begun, nowMs))) {
                flush(begun, lastTickMs);
            }
        }
    }

    private void flush(int begun, long nowMs) {
        if (begun != incarnation || phase != Phase.ACTIVE) {
            return;
        }
        flushAsked = false;
        List<ByteBuffer> taken = batches.take();
        for (int i = 0; i < taken.size(); i++) {
            Flight flight = new Flight();
            flight.beginsSnapshot = i == 0 && bound.takeBegins();
            if (i == taken.size() - 1) {
                flight.endsSnapshot = bound.takeEnds();
                flight.answers.addAll(openAnswers);
                openAnswers.clear();
            }
            flights.add(flight);
            log.append(partition, taken.get(i), (error, baseOffset, nextOffset) -> {
                if (begun == incarnation && phase == Phase.ACTIVE) {
                    guarded(() -> appended(error, baseOffset, nextOffset, nowMs));
                }
            });
        }
    }

    private void appended(Errors error, long baseOffset, long nextOffset, long nowMs) {
        if (error != Errors.NONE) {
            LOG.warn("event=group_append_failed partition={} error={}", partition, error);
            restart(CoordinatorErrors.ofAppend(error), nowMs);
            return;
        }
        Flight flight = flights.remove();
        flight.answers.forEach(Answer::send);
        bound.appended(baseOffset, nextOffset, flight.beginsSnapshot, flight.endsSnapshot)
                .ifPresent(offset -> log.dropBefore(partition, offset));
        if (bound.isDue(core.state().size())) {
            writeSnapshot(nowMs);
        }
    }

    /** Writes the next slice of the state anew, so that what was written before becomes superfluous. */
    private void writeSnapshot(long nowMs) {
        bound.nextSlice(core.state(), record -> batches.add(record, nowMs));
        if (!batches.isEmpty()) {
            askFlush();
        }
    }

    // ---- giving up

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("event=groups_failed partition={}", partition, e);
            restart(Errors.COORDINATOR_NOT_AVAILABLE, lastTickMs);
        }
    }

    private void restart(Errors error, long nowMs) {
        drop(error, Phase.LOADING);
        retryLater(Phase.LOADING, nowMs + RETRY_MS);
    }

    private void drop(Errors error, Phase next) {
        if (phase == Phase.CLOSED) {
            return;
        }
        incarnation++;
        phase = next;
        wakeMs = Group.NEVER;
        flushAsked = false;
        List<Answer<?>> waiting = new ArrayList<>();
        flights.forEach(flight -> waiting.addAll(flight.answers));
        waiting.addAll(openAnswers);
        flights.clear();
        openAnswers.clear();
        batches.clear();
        waiting.forEach(answer -> answer.fail(error));
        if (core != null) {
            core.onUnload(error).forEach(Answer::send);
            core = null;
        }
    }
}
