package io.braid.quorum;

import io.braid.image.ClusterImage;
import io.braid.image.MetadataRecord;
import io.braid.quorum.message.FetchMetadataRequest;
import io.braid.quorum.message.FetchMetadataResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Brokers that wait for news of the metadata, and what they are told. Owned by the controller thread. */
@SuppressWarnings("FutureReturnValueIgnored") // what is chained here ends in the poll's own future
final class MetadataPolls {
    private static final int MAX_WAIT_MS = 60_000;

    /** A broker that waits. */
    private record Poll(
            FetchMetadataRequest request,
            boolean local,
            long deadlineNs,
            CompletableFuture<FetchMetadataResponse> answer) {}

    private final LeaderHints hints;
    private final MetadataFeed feed = new MetadataFeed();
    private final SnapshotServer snapshots;
    private final List<Poll> polls = new ArrayList<>();

    MetadataPolls(LeaderHints hints, Executor background) {
        this.hints = hints;
        this.snapshots = new SnapshotServer(background);
    }

    /** @param local whether the caller is in this process and takes an image for an answer */
    CompletableFuture<FetchMetadataResponse> fetch(FetchMetadataRequest request, boolean local, long nowNs) {
        Poll poll = new Poll(
                request,
                local,
                nowNs + TimeUnit.MILLISECONDS.toNanos(Math.min(request.maxWaitMs(), MAX_WAIT_MS)),
                new CompletableFuture<>());
        if (request.snapshotVersion() >= 0 || isNews(poll)) {
            answer(poll, nowNs);
        } else {
            polls.add(poll);
        }
        return poll.answer();
    }

    void onApplied(ClusterImage before, ClusterImage after, List<MetadataRecord> records, long nowNs) {
        feed.add(before, after, records);
        answerPolls(nowNs);
    }

    void onReplaced(ClusterImage image, long nowNs) {
        feed.replace(image);
        answerPolls(nowNs);
    }

    /** Lets those go who waited long enough. */
    void tick(long nowNs) {
        snapshots.expire(nowNs);
        polls.removeIf(poll -> {
            boolean over = nowNs - poll.deadlineNs() >= 0;
            if (over) {
                poll.answer().complete(FetchMetadataResponse.of(List.of(), hints.leader()));
            }
            return over;
        });
    }

    void failAll(Exception cause) {
        polls.forEach(poll -> poll.answer().completeExceptionally(cause));
        polls.clear();
    }

    private boolean isNews(Poll poll) {
        return poll.request().afterVersion() < feed.image().version();
    }

    private void answerPolls(long nowNs) {
        List<Poll> waiting = new ArrayList<>(polls);
        polls.clear();
        for (Poll poll : waiting) {
            if (isNews(poll)) {
                answer(poll, nowNs);
            } else {
                polls.add(poll);
            }
        }
    }

    private void answer(Poll poll, long nowNs) {
        FetchMetadataRequest request = poll.request();
        ClusterImage image = feed.image();
        if (poll.local()) {
            poll.answer().complete(FetchMetadataResponse.of(image, hints.leader()));
            return;
        }
        Optional<List<byte[]>> batches = request.snapshotVersion() >= 0
                ? Optional.empty()
                : feed.after(request.afterVersion(), request.maxBytes());
        if (batches.isPresent()) {
            poll.answer().complete(FetchMetadataResponse.of(batches.get(), hints.leader()));
        } else {
            snapshots.answer(request, image, hints.leader(), nowNs).whenComplete((response, failure) -> {
                if (failure != null) {
                    poll.answer().completeExceptionally(failure);
                } else {
                    poll.answer().complete(response);
                }
            });
        }
    }
}
