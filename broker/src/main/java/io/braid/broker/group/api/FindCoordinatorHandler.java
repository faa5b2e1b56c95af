package io.braid.broker.group.api;

import io.braid.broker.group.Coordinator;
import io.braid.broker.group.GroupCoordinator;
import io.braid.broker.handler.AnsweringHandler;
import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * FindCoordinator, of one key or of several (KIP-699). There are coordinators of groups only. Makes the topic of groups
 * when it is first asked.
 */
public final class FindCoordinatorHandler
        implements AnsweringHandler<FindCoordinatorRequestData, FindCoordinatorResponseData> {
    private static final int BATCHED = 4;
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final byte SHARE = 2;

    private final GroupCoordinator groups;
    private final Authorizer authorizer;

    public FindCoordinatorHandler(GroupCoordinator groups, Authorizer authorizer) {
        this.groups = groups;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<FindCoordinatorResponseData> answer(
            Caller caller, short version, FindCoordinatorRequestData request) {
        List<String> keys = keys(version, request);
        Errors refusal =
                switch (request.keyType()) {
                    case GROUP -> Errors.NONE;
                    case TRANSACTION, SHARE -> Errors.UNSUPPORTED_VERSION;
                    default -> Errors.INVALID_REQUEST;
                };
        if (refusal != Errors.NONE) {
            return CompletableFuture.completedFuture(failure(version, request, refusal));
        }
        return groups.find(keys, caller.listener()).thenApply(found -> {
            List<FindCoordinatorResponseData.Coordinator> rows = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                String key = keys.get(i);
                rows.add(
                        GroupAccess.allows(authorizer, caller, AclOperation.DESCRIBE, key)
                                ? row(key, found.get(i))
                                : failed(key, Errors.GROUP_AUTHORIZATION_FAILED));
            }
            return response(version, rows);
        });
    }

    @Override
    public FindCoordinatorResponseData failure(short version, FindCoordinatorRequestData request, Errors error) {
        return response(
                version,
                keys(version, request).stream().map(key -> failed(key, error)).toList());
    }

    private static List<String> keys(short version, FindCoordinatorRequestData request) {
        return version >= BATCHED ? request.coordinatorKeys() : List.of(request.key());
    }

    private static FindCoordinatorResponseData.Coordinator row(String key, Coordinator found) {
        return found.error() != Errors.NONE
                ? failed(key, found.error())
                : new FindCoordinatorResponseData.Coordinator()
                        .setKey(key)
                        .setNodeId(found.nodeId())
                        .setHost(found.host())
                        .setPort(found.port());
    }

    private static FindCoordinatorResponseData.Coordinator failed(String key, Errors error) {
        return new FindCoordinatorResponseData.Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }

    private static FindCoordinatorResponseData response(
            short version, List<FindCoordinatorResponseData.Coordinator> rows) {
        if (version >= BATCHED) {
            return new FindCoordinatorResponseData().setCoordinators(rows);
        }
        FindCoordinatorResponseData.Coordinator only = rows.get(0);
        return new FindCoordinatorResponseData()
                .setErrorCode(only.errorCode())
                .setErrorMessage(only.errorMessage())
                .setNodeId(only.nodeId())
                .setHost(only.host())
                .setPort(only.port());
    }
}
