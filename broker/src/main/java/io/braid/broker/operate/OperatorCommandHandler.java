package io.braid.broker.operate;

import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.handler.MetadataSource;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import io.braid.controller.Command;
import io.braid.controller.CommandCodec;
import io.braid.controller.CommandResult;
import io.braid.controller.MalformedException;
import io.braid.quorum.message.SubmitCommandRequest;
import io.braid.quorum.message.SubmitCommandResponse;
import io.braid.quorum.message.VendorResponse.Leader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.protocol.Errors;

/**
 * SubmitCommand from an operator: passed on to the controllers under a request id of this broker. Only commands that concern
 * the placement of shards are taken, everything else has an API of Kafka.
 */
public final class OperatorCommandHandler implements AnsweringHandler<SubmitCommandRequest, SubmitCommandResponse> {
    private static final Set<Class<? extends Command>> TAKEN = Set.of(
            Command.MoveShards.class,
            Command.CordonBroker.class,
            Command.AlterPool.class,
            Command.ElectLeaders.class,
            Command.UnregisterBroker.class);

    private final MetadataSource metadata;
    private final Authorizer authorizer;

    public OperatorCommandHandler(MetadataSource metadata, Authorizer authorizer) {
        this.metadata = metadata;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<SubmitCommandResponse> answer(Caller caller, short version, SubmitCommandRequest request) {
        if (!authorizer.allowsOnCluster(caller, AclOperation.ALTER)) {
            return CompletableFuture.completedFuture(failure(version, request, Errors.CLUSTER_AUTHORIZATION_FAILED));
        }
        Command command;
        try {
            command = CommandCodec.decode(request.proposal()).command();
        } catch (MalformedException e) {
            return CompletableFuture.completedFuture(
                    answer(CommandResult.failed(Errors.INVALID_REQUEST, "no command: " + e.getMessage())));
        }
        if (!TAKEN.contains(command.getClass())) {
            return CompletableFuture.completedFuture(answer(CommandResult.failed(
                    Errors.INVALID_REQUEST, command.getClass().getSimpleName() + " is not for operators")));
        }
        return metadata.submit(command).thenApply(OperatorCommandHandler::answer);
    }

    @Override
    public SubmitCommandResponse failure(short version, SubmitCommandRequest request, Errors error) {
        return answer(CommandResult.failed(error, error.message()));
    }

    private static SubmitCommandResponse answer(CommandResult result) {
        return new SubmitCommandResponse(Errors.NONE, "", Leader.UNKNOWN, result);
    }
}
