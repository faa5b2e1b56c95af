package io.braid.quorum;

import io.braid.controller.Command;
import io.braid.controller.CommandResult;
import io.braid.controller.LeaderBalance;
import io.braid.controller.MetadataVersion;
import io.braid.image.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a controller does of its own accord while it leads: it makes the cluster if there is none, brings the Raft group in
 * line with the controllers that are named, and gives leadership of shards back to preferred leaders. One thing at a time.
 * Owned by the controller thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the next tick looks at what came of it
final class LeaderDuties {
    private static final long MEMBERSHIP_NS = 200_000_000L;
    private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);

    private final QuorumNode node;
    private final ControllerConfig config;
    private final Executor thread;
    private boolean busy;
    private long membershipNs;
    private long balanceNs;

    LeaderDuties(QuorumNode node, ControllerConfig config, Executor thread) {
        this.node = node;
        this.config = config;
        this.thread = thread;
    }

    /** The first balance is due a whole interval after the lead was taken: brokers are given the time to report. */
    void startLeading(long nowNs) {
        busy = false;
        membershipNs = nowNs;
        balanceNs = nowNs + config.balanceInterval().toNanos();
    }

    /** To be called often while this controller leads. */
    void tick(long nowNs) {
        if (busy) {
            return;
        }
        ClusterImage image = node.image();
        if (image.clusterId().isEmpty()) {
            config.newClusterId().ifPresent(id -> submit(new Command.CreateCluster(id, MetadataVersion.LATEST)));
        } else if (nowNs - membershipNs >= 0) {
            membershipNs = nowNs + MEMBERSHIP_NS;
            alignVoters(image);
        } else if (!config.balanceInterval().isZero() && nowNs - balanceNs >= 0) {
            balanceNs = nowNs + config.balanceInterval().toNanos();
            LeaderBalance.due(image).ifPresent(election -> {
                LOG.info(
                        "preferred leaders are elected shards={}",
                        election.shardIds().size());
                submit(election);
            });
        }
    }

    private void alignVoters(ClusterImage image) {
        List<Voter> heardOf = new ArrayList<>();
        List<Voter> voters = node.voters();
        for (QuorumInfo.VoterInfo voter : node.info().voters()) {
            if (voter.silentMs() >= 0 && voter.logEndIndex() > 0) {
                heardOf.add(new Voter(voter.nodeId(), voter.generation(), voter.host(), voter.port()));
            }
        }
        MembershipPlan plan =
                MembershipPlan.next(image.controllers(), config.controllers(), voters, heardOf, node.self());
        plan.command().ifPresent(this::submit);
        plan.handOver().ifPresent(to -> {
            LOG.info("controller hands over because it is to leave to={}", to.nodeId());
            whileBusy(node.handOver(to));
        });
        if (!plan.voters().isEmpty()) {
            LOG.info("voters change from={} to={}", voters, plan.voters());
            whileBusy(node.setVoters(plan.voters()));
        }
    }

    private void submit(Command command) {
        busy = true;
        node.submit(command).whenCompleteAsync((result, failure) -> done(command, result), thread);
    }

    private void done(Command command, CommandResult result) {
        busy = false;
        if (result != null && !result.ok()) {
            LOG.info(
                    "not done command={} error={} message={}",
                    command.getClass().getSimpleName(),
                    result.error(),
                    result.message());
        }
    }

    private void whileBusy(CompletableFuture<Boolean> change) {
        busy = true;
        long began = System.nanoTime();
        change.whenCompleteAsync(
                (done, failure) -> {
                    busy = false;
                    LOG.info(
                            "voters changed={} ms={}",
                            failure == null && done,
                            (System.nanoTime() - began) / 1_000_000);
                },
                thread);
    }
}
