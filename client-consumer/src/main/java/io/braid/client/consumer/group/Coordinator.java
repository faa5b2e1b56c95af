package io.braid.client.consumer.group;

import io.braid.client.ClusterClient;
import io.braid.client.network.Backoff;
import io.braid.client.network.BrokerLink;
import io.braid.client.network.Failures;
import io.braid.client.routing.BrokerNode;
import io.braid.client.routing.RoutingTable;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the group's coordinator is, and connections to it: found when they are first needed, and again when they are lost or
 * the broker says that it is another. They are the group's own, since an answer that a fetch or a join waits for would hold up what
 * stands behind it. Owned by the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what hangs on a future takes its failure
final class Coordinator implements BrokerLink.Listener, ClusterClient.Listener {
    private static final Logger log = LoggerFactory.getLogger(Coordinator.class);
    private static final int FIND_VERSIONS = 6;
    private static final int FIRST_VERSION_WITH_SEVERAL = 4;

    private final ClusterClient cluster;
    private final String groupId;
    private final Backoff backoff;
    private final Runnable wake;
    private final Consumer<KafkaException> fatal;
    private Optional<BrokerNode> node = Optional.empty();
    private Optional<BrokerLink> link = Optional.empty();
    private Optional<BrokerLink> slowLink = Optional.empty();
    private boolean asked;
    private boolean closed;
    private boolean paused;
    private long notBeforeNs;

    /**
     * @param wake something changed: ask again for what is needed
     * @param fatal the group cannot be reached, for a reason that trying again does not mend
     */
    Coordinator(ClusterClient cluster, String groupId, Backoff backoff, Runnable wake, Consumer<KafkaException> fatal) {
        this.cluster = cluster;
        this.groupId = groupId;
        this.backoff = backoff;
        this.wake = wake;
        this.fatal = fatal;
        cluster.addListener(this);
    }

    /** A ready connection for what is answered at once; when there is none, one is on its way. */
    Optional<BrokerLink> link(long nowNs) {
        if (closed || find(nowNs).isEmpty()) {
            return Optional.empty();
        }
        link = link.or(() -> Optional.of(cluster.ownLink(node.orElseThrow(), this)));
        return ready(link.get(), nowNs);
    }

    /** A ready connection for requests whose answers may take as long as a rebalance. */
    Optional<BrokerLink> slowLink(long nowNs) {
        if (closed || find(nowNs).isEmpty()) {
            return Optional.empty();
        }
        slowLink = slowLink.or(() -> Optional.of(cluster.ownLink(node.orElseThrow(), this)));
        return ready(slowLink.get(), nowNs);
    }

    private static Optional<BrokerLink> ready(BrokerLink made, long nowNs) {
        made.ensure(nowNs);
        return Optional.of(made).filter(BrokerLink::ready);
    }

    /** Whether the connection for what is answered at once is ready, and if {@code slowly}, also the other one. */
    boolean connected(boolean slowly) {
        return link.filter(BrokerLink::ready).isPresent()
                && (!slowly || slowLink.filter(BrokerLink::ready).isPresent());
    }

    /** When to ask again for a link if nothing wakes: {@code Long.MAX_VALUE} for never. */
    long nextNs() {
        return node.isEmpty() && !asked && paused && !closed ? notBeforeNs : Long.MAX_VALUE;
    }

    private Optional<BrokerNode> find(long nowNs) {
        if (node.isEmpty() && !asked && !(paused && nowNs - notBeforeNs < 0)) {
            cluster.anyLink(nowNs).ifPresentOrElse(this::ask, this::pause);
        }
        return node;
    }

    private void ask(BrokerLink to) {
        short version = to.versions().version(ApiKeys.FIND_COORDINATOR, FIND_VERSIONS);
        FindCoordinatorRequestData request = new FindCoordinatorRequestData();
        if (version >= FIRST_VERSION_WITH_SEVERAL) {
            request.setCoordinatorKeys(List.of(groupId));
        } else {
            request.setKey(groupId);
        }
        asked = true;
        to.send(ApiKeys.FIND_COORDINATOR.id, version, request, cluster.config().requestTimeout())
                .whenComplete((answer, failure) -> {
                    asked = false;
                    if (closed) {
                        return;
                    }
                    if (failure != null) {
                        log.debug(
                                "coordinator not found group={} cause={}",
                                groupId,
                                Failures.cause(failure).toString());
                        pause();
                    } else {
                        onFound((FindCoordinatorResponseData) answer, version);
                    }
                    wake.run();
                });
    }

    private void onFound(FindCoordinatorResponseData answer, short version) {
        boolean several = version >= FIRST_VERSION_WITH_SEVERAL;
        if (several && answer.coordinators().isEmpty()) {
            pause();
            return;
        }
        FindCoordinatorResponseData.Coordinator found = several
                ? answer.coordinators().get(0)
                : new FindCoordinatorResponseData.Coordinator()
                        .setErrorCode(answer.errorCode())
                        .setNodeId(answer.nodeId())
                        .setHost(answer.host())
                        .setPort(answer.port());
        Errors error = Errors.forCode(found.errorCode());
        if (error == Errors.NONE) {
            backoff.reset();
            paused = false;
            node = Optional.of(new BrokerNode(found.nodeId(), found.host(), found.port(), ""));
            log.debug("coordinator found group={} broker={}", groupId, found.nodeId());
        } else if (error.exception() instanceof RetriableException) {
            pause();
        } else {
            fatal.accept(error.exception(error.message() + " group=" + groupId));
        }
    }

    private void pause() {
        paused = true;
        notBeforeNs = System.nanoTime() + backoff.nextNs();
    }

    /** The broker is not the coordinator, or cannot be reached: looks again, after a pause. */
    void moved() {
        if (node.isPresent()) {
            pause();
            closeLinks();
        }
    }

    private void closeLinks() {
        List<BrokerLink> old =
                Stream.of(link, slowLink).flatMap(Optional::stream).toList();
        node = Optional.empty();
        link = Optional.empty();
        slowLink = Optional.empty();
        old.forEach(BrokerLink::close);
    }

    void close() {
        closed = true;
        cluster.removeListener(this);
        closeLinks();
    }

    @Override
    public void onReady(BrokerLink ready) {
        wake.run();
    }

    @Override
    public void onDown(BrokerLink down, Throwable cause) {
        boolean ours = link.filter(down::equals).isPresent()
                || slowLink.filter(down::equals).isPresent();
        if (ours && Failures.cause(cause) instanceof AuthenticationException failure) {
            fatal.accept(failure);
        } else if (ours) {
            moved();
        }
        wake.run();
    }

    @Override
    public void onRouting(RoutingTable table) {
        boolean dead = node.isPresent()
                && !table.brokers().isEmpty()
                && !table.brokers().containsKey(node.get().id());
        if (dead) {
            moved();
        }
        if (node.isEmpty()) {
            wake.run();
        }
    }
}
