package io.braid.client.consumer.group;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.braid.client.ClusterClient;
import io.braid.client.consumer.PartitionSet;
import io.braid.client.network.Alarm;
import io.braid.client.network.ApiVersionRanges;
import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.network.Failures;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a consumer group, and the group's committed offsets. Owned by the event loop of the cluster's client: every
 * method is called there, futures complete there, and the listener hears there. Only {@link #alive}, {@link #state} and {@link
 * #identity} may be called by any thread.
 *
 * <p>Offsets can be committed and fetched without {@link #start}: then for a group without members, as consumers do that assign
 * partitions by themselves.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
public final class GroupMember {
    private static final Logger log = LoggerFactory.getLogger(GroupMember.class);

    /** Hears of partitions, on the event loop; must not block it. */
    public interface Listener {
        /**
         * These partitions go to other members. The member keeps them, and commits for them are taken, until the future
         * completes (on any thread) and what was committed until then is; a failed future counts as a complete one. If it takes
         * longer than {@link GroupConfig#maxPollInterval}, the coordinator throws the member out and {@link #onLost} follows.
         */
        CompletableFuture<Void> onRevoke(PartitionSet revoked);

        /**
         * These partitions came.
         *
         * @param added may be empty, when a rebalance changed nothing
         * @param whole all that the member has now
         */
        void onAssign(PartitionSet added, PartitionSet whole);

        /** These partitions are gone, and may already be at other members: nothing can be committed for them any more. */
        void onLost(PartitionSet lost);

        /**
         * The membership has ended for a reason that trying again does not mend; {@link #onLost} came before if there was
         * anything to lose.
         */
        void onFailed(KafkaException fatal);
    }

    private final ClusterClient cluster;
    private final EventLoop eventLoop;
    private final GroupConfig config;
    private final Listener listener;
    private final Random random = new Random();
    private final Coordinator coordinator;
    private final TopicLookup topics;
    private final GroupOffsets offsets;
    private final ProtocolChoice protocol;
    private final Alarm alarm;
    private final MemberEvents events = new Events();
    private final Queue<MemberEvent> untold = new ArrayDeque<>();
    private final CompletableFuture<Void> left = new CompletableFuture<>();

    private Optional<Membership> membership = Optional.empty();
    private Subscription subscription = Subscription.NONE;
    private boolean started;
    private boolean leaving;
    private boolean goodbyeTimed;
    private boolean telling;
    private long heardNs;
    private Optional<KafkaException> failure = Optional.empty();
    private volatile long aliveNs = System.nanoTime();
    private volatile MemberState state = MemberState.OUTSIDE;
    private volatile MemberIdentity identity = MemberIdentity.NONE;

    public GroupMember(ClusterClient cluster, GroupConfig config, Listener listener) {
        this.cluster = cluster;
        this.eventLoop = cluster.eventLoop();
        this.config = config;
        this.listener = listener;
        this.heardNs = aliveNs;
        this.alarm = new Alarm(eventLoop, this::poll);
        this.coordinator = new Coordinator(cluster, config.groupId(), newBackoff(), this::wake, this::onFatal);
        this.topics = new TopicLookup(cluster, newBackoff(), this::wake);
        this.offsets = new GroupOffsets(cluster, config, this::identity, coordinator, this::newBackoff, this::wake);
        this.protocol =
                new ProtocolChoice(config, this::newBackoff, cluster.config().metadataMaxAge());
    }

    private Backoff newBackoff() {
        Duration first = cluster.config().retryBackoff();
        return new Backoff(first, cluster.config().retryBackoffMax(), random::nextDouble);
    }

    // ---- what the application wants

    /** Subscribes to topics by name, in place of what was subscribed before. None leaves the group, until there are some again. */
    public void subscribe(Set<String> names) {
        subscribe(Subscription.to(names));
        for (String name : names) {
            cluster.use(name).whenComplete((route, failed) -> {
                if (failed == null) {
                    onRoute(TopicLookup.known(route));
                } else if (Failures.cause(failed) instanceof KafkaException fatal) {
                    onFatal(fatal);
                }
            });
        }
    }

    /**
     * Subscribes to all topics whose whole name matches, in place of what was subscribed before. In the consumer protocol the
     * coordinator matches, and finds new topics by itself.
     *
     * @param re2jExpression in the syntax of RE2/J
     * @throws IllegalArgumentException when it is not an expression
     */
    public void subscribe(String re2jExpression) {
        try {
            Pattern.compile(re2jExpression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("not an expression of RE2/J: " + re2jExpression, e);
        }
        subscribe(Subscription.matching(re2jExpression));
    }

    private void subscribe(Subscription next) {
        subscription = next;
        membership.ifPresent(member -> member.subscribe(next, System.nanoTime()));
        wake();
    }

    /** Takes part in the group from now on; a second call does nothing. */
    public void start() {
        started = true;
        alive();
        wake();
    }

    /** The application is alive: called at each poll, at least every {@link GroupConfig#maxPollInterval}. Any thread, cheap. */
    public void alive() {
        aliveNs = System.nanoTime();
        MemberState now = state;
        if (now == MemberState.STALE || now == MemberState.LEAVING) {
            wake();
        }
    }

    /**
     * Commits offsets (of the next records to read). Commits take effect in the order of the calls; what passes is tried again
     * until {@link GroupConfig#operationTimeout}, and what waits meanwhile travels together.
     *
     * <p>Fails with CommitFailedException when a partition is not (or no longer) this member's (not to be tried again), with
     * TimeoutException (whether it took effect is not known; a retry is safe), or with an authorization or other ApiException of
     * the broker's.
     */
    public CompletableFuture<Void> commit(Map<TopicPartition, OffsetAndMetadata> commit) {
        Optional<RuntimeException> refusal = refusal(commit.keySet());
        return refusal.isPresent() ? CompletableFuture.failedFuture(refusal.get()) : offsets.commit(commit);
    }

    private Optional<RuntimeException> refusal(Set<TopicPartition> partitions) {
        if (left.isDone()) {
            return Optional.of(new IllegalStateException("the member has left its group " + config.groupId()));
        }
        if (failure.isPresent()) {
            return Optional.of(new CommitFailedException("the membership ended: " + failure.get()));
        }
        if (!started || (subscription.isEmpty() && state == MemberState.OUTSIDE)) {
            return Optional.empty();
        }
        PartitionSet owned = membership.map(Membership::owned).orElse(PartitionSet.EMPTY);
        return partitions.stream()
                .filter(partition -> !owned.contains(partition.topic(), partition.partition()))
                .findFirst()
                .map(offsets::notOwned);
    }

    /**
     * The committed offsets of these partitions, after all commits before; partitions without one are missing. Fails with
     * TimeoutException or an ApiException of the broker's; a retry is safe.
     */
    public CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(PartitionSet partitions) {
        if (left.isDone()) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("the member has left its group " + config.groupId()));
        }
        return offsets.committed(partitions);
    }

    /**
     * Ends the membership: partitions are revoked first ({@link Listener#onRevoke}), then commits are waited for, then the
     * group is told. Always completes normally, within {@link GroupConfig#operationTimeout} after the revocation. What is asked
     * for later fails.
     */
    public CompletableFuture<Void> leave() {
        if (!leaving) {
            leaving = true;
            if (membership.isPresent() && failure.isEmpty()) {
                membership.get().leave(System.nanoTime());
                tell();
            } else {
                offsets.flushed().thenRun(this::end);
            }
            wake();
        }
        return left;
    }

    /** Ends at once, without a word to the group, which notices by the session timeout; what is under way fails. */
    public void abandon() {
        leaving = true;
        end();
    }

    private void end() {
        if (left.isDone()) {
            return;
        }
        state = MemberState.ENDED;
        identity = MemberIdentity.NONE;
        alarm.cancel();
        coordinator.close();
        left.complete(null);
        offsets.failAll(new IllegalStateException("the member has left its group " + config.groupId()));
    }

    public MemberState state() {
        return state;
    }

    /** Who this is in the group now. */
    public MemberIdentity identity() {
        return identity;
    }

    // ---- the duty

    private void wake() {
        alarm.now();
    }

    /** One look at everything: what is to be sent, what took too long, when to look again. */
    private void poll() {
        if (left.isDone()) {
            return;
        }
        long nowNs = System.nanoTime();
        offsets.expire(nowNs);
        if (heardNs != aliveNs) {
            heardNs = aliveNs;
            membership.ifPresent(member -> member.alive(heardNs));
        }
        boolean wantsMember = wantsMember();
        if (wantsMember || offsets.busy()) {
            coordinator.link(nowNs).ifPresent(link -> serve(link, nowNs, wantsMember));
        }
        tell();
        scheduleNext(nowNs);
    }

    private boolean wantsMember() {
        return started && failure.isEmpty() && (membership.isPresent() || !subscription.isEmpty());
    }

    private void serve(BrokerLink link, long nowNs, boolean wantsMember) {
        if (wantsMember) {
            if (membership.isEmpty()) {
                begin(link.versions(), nowNs);
            }
            // The slow connection first: what the membership gives out is to be sent.
            boolean reachable = !slow() || coordinator.slowLink(nowNs).isPresent();
            if (reachable) {
                membership.flatMap(member -> member.poll(nowNs)).ifPresent(call -> send(call, link, nowNs));
            }
            tell();
            topics.poll(link, nowNs, this::onTopics, this::onAllTopics);
        }
        offsets.poll(link, nowNs);
    }

    private boolean slow() {
        return membership.filter(ClassicMembership.class::isInstance).isPresent();
    }

    private void scheduleNext(long nowNs) {
        long nextNs = Math.min(offsets.nextNs(nowNs), topics.nextNs());
        if (wantsMember() || offsets.busy()) {
            nextNs = Math.min(nextNs, coordinator.nextNs());
        }
        if (coordinator.connected(slow())) {
            nextNs = Math.min(
                    nextNs, membership.map(member -> member.nextNs(nowNs)).orElse(Long.MAX_VALUE));
        }
        if (nextNs != Long.MAX_VALUE && !left.isDone()) {
            alarm.at(nextNs);
        }
    }

    /** Comes into being as a member, by the protocol that suits what the coordinator speaks. */
    private void begin(ApiVersionRanges versions, long nowNs) {
        Membership member;
        try {
            member = protocol.begin(versions, subscription, nowNs);
        } catch (UnsupportedVersionException e) {
            onFatal(e);
            return;
        }
        membership = Optional.of(member);
        log.debug("membership begins group={} protocol={}", config.groupId(), slow() ? "classic" : "consumer");
        member.subscribe(subscription, nowNs);
        subscription.topics().forEach(name -> cluster.routing()
                .topic(name)
                .ifPresent(route -> member.onRoute(TopicLookup.known(route), nowNs)));
    }

    private void send(MemberCall call, BrokerLink link, long nowNs) {
        Membership member = membership.orElseThrow();
        boolean slow = call.extraTimeoutMs() > 0;
        Optional<BrokerLink> over = slow ? coordinator.slowLink(nowNs) : Optional.of(link);
        if (over.isEmpty()) {
            member.onNoAnswer(call, nowNs);
            return;
        }
        Duration timeout = cluster.config().requestTimeout().plusMillis(call.extraTimeoutMs());
        try {
            short version = over.get().versions().version(call.key(), call.highestVersion());
            over.get().send(call.key().id, version, call.request(), timeout).whenComplete((answer, lost) -> {
                if (lost != null) {
                    member.onNoAnswer(call, System.nanoTime());
                } else {
                    member.onAnswer(call, answer, System.nanoTime());
                }
                tell();
                wake();
            });
        } catch (UnsupportedVersionException e) {
            onFatal(e);
        }
    }

    private void onRoute(KnownTopic topic) {
        membership.ifPresent(member -> member.onRoute(topic, System.nanoTime()));
        tell();
        wake();
    }

    private void onTopics(Collection<KnownTopic> found) {
        membership.ifPresent(member -> member.onTopics(found, System.nanoTime()));
        tell();
        wake();
    }

    private void onAllTopics(Collection<KnownTopic> found) {
        membership.ifPresent(member -> member.onAllTopics(found, System.nanoTime()));
        tell();
        wake();
    }

    private void onFatal(KafkaException fatal) {
        if (failure.isPresent() || left.isDone()) {
            return;
        }
        PartitionSet lost = membership.map(Membership::owned).orElse(PartitionSet.EMPTY);
        if (!lost.isEmpty()) {
            events.lose(lost);
        }
        events.fail(fatal); // which is not the end if there is another protocol
    }

    // ---- what happened

    /** Tells what happened, in order, also if the listener makes more happen. */
    private void tell() {
        membership.ifPresent(member -> {
            untold.addAll(member.takeEvents());
            if (failure.isEmpty() && !left.isDone()) {
                state = member.state();
                identity = member.identity();
            }
        });
        if (telling) {
            return;
        }
        telling = true;
        try {
            while (!untold.isEmpty()) {
                untold.remove().tell(events);
            }
        } finally {
            telling = false;
        }
        if (leaving && state == MemberState.LEAVING && !goodbyeTimed) {
            goodbyeTimed = true;
            eventLoop.schedule(this::end, config.operationTimeout().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private final class Events implements MemberEvents {
        @Override
        public void revoke(int revocation, PartitionSet partitions) {
            log.debug("revoking group={} partitions={}", config.groupId(), partitions.size());
            Membership member = membership.orElseThrow();
            CompletableFuture<Void> done;
            try {
                done = listener.onRevoke(partitions);
            } catch (RuntimeException e) {
                done = CompletableFuture.failedFuture(e);
            }
            done.whenComplete((nothing, failed) -> {
                if (failed != null) {
                    log.warn("listener failed group={} cause={}", config.groupId(), failed.toString(), failed);
                }
                onLoop(() -> offsets.flushed().thenRun(() -> {
                    member.onRevoked(revocation, System.nanoTime());
                    offsets.onGone(partitions.minus(member.owned()));
                    tell();
                    wake();
                }));
            });
        }

        private void onLoop(Runnable task) {
            if (eventLoop.inEventLoop()) {
                task.run();
            } else {
                try {
                    eventLoop.execute(task);
                } catch (RejectedExecutionException e) {
                    log.trace("closed", e);
                }
            }
        }

        @Override
        public void assign(PartitionSet added, PartitionSet whole) {
            log.debug("assigned group={} added={} whole={}", config.groupId(), added.size(), whole.size());
            listener.onAssign(added, whole);
        }

        @Override
        public void lose(PartitionSet partitions) {
            log.info("partitions lost group={} partitions={}", config.groupId(), partitions.size());
            offsets.onGone(partitions);
            listener.onLost(partitions);
        }

        @Override
        public void fail(KafkaException fatal) {
            boolean again = !leaving
                    && membership
                            .filter(member -> protocol.mayFallBack(member, fatal))
                            .isPresent();
            if (again) {
                log.info("classic protocol instead group={} cause={}", config.groupId(), fatal.toString());
                protocol.fallBack();
                membership = Optional.empty();
                wake();
                return;
            }
            failure = Optional.of(fatal);
            state = MemberState.ENDED;
            identity = MemberIdentity.NONE;
            offsets.failAll(fatal);
            listener.onFailed(fatal);
            if (leaving) {
                end();
            }
        }

        @Override
        public void coordinatorMoved() {
            coordinator.moved();
        }

        @Override
        public void wantTopics(Set<String> names, Set<Uuid> ids) {
            topics.want(names, ids);
        }

        @Override
        public void wantAllTopics() {
            topics.wantAll();
        }

        @Override
        public void compute(int round, Supplier<Map<String, byte[]>> parts) {
            Membership member = membership.orElseThrow();
            CompletableFuture.supplyAsync(parts)
                    .whenComplete((computed, failed) -> onLoop(() -> {
                        if (failed != null) {
                            log.warn("assignment failed group={} cause={}", config.groupId(), failed.toString());
                        }
                        member.onComputed(round, Optional.ofNullable(computed), System.nanoTime());
                        tell();
                        wake();
                    }));
        }

        @Override
        public void left() {
            offsets.flushed().thenRun(GroupMember.this::end);
        }
    }
}
