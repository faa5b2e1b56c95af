package io.braid.broker.operate;

import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.image.ClusterImage;
import io.braid.image.TopicImage;
import io.braid.quorum.QuorumInfo;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;

/** RestartCheck: {@link io.braid.broker.operate.RestartCheck} with what this broker and the leading controller know. */
public final class RestartCheckHandler implements AnsweringHandler<RestartCheckRequest, RestartCheckResponse> {
    private final MetadataSource metadata;
    private final Authorizer authorizer;
    private final ToIntBiFunction<ClusterImage, TopicImage> minInSync;
    private final Supplier<CompletableFuture<QuorumInfo>> quorum;
    private final Executor background;

    /**
     * @param minInSync min.insync.replicas of a topic
     * @param quorum asks the leading controller
     * @param background looks at all topics
     */
    public RestartCheckHandler(
            MetadataSource metadata,
            Authorizer authorizer,
            ToIntBiFunction<ClusterImage, TopicImage> minInSync,
            Supplier<CompletableFuture<QuorumInfo>> quorum,
            Executor background) {
        this.metadata = metadata;
        this.authorizer = authorizer;
        this.minInSync = minInSync;
        this.quorum = quorum;
        this.background = background;
    }

    @Override
    public CompletableFuture<RestartCheckResponse> answer(Caller caller, short version, RestartCheckRequest request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        return quorum.get()
                .handle((info, failure) -> failure == null ? Optional.of(info) : Optional.<QuorumInfo>empty())
                .thenApplyAsync(
                        info -> {
                            ClusterImage image = metadata.image();
                            return new RestartCheckResponse(RestartCheck.reasons(
                                    image, request.brokerId(), topic -> minInSync.applyAsInt(image, topic), info));
                        },
                        background);
    }

    @Override
    public RestartCheckResponse failure(short version, RestartCheckRequest request, Errors error) {
        return new RestartCheckResponse(error, error.message());
    }
}
