package io.braid.broker.handler;

import io.braid.broker.security.Authorizer;
import io.braid.broker.security.Caller;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.resource.ResourceType;

/** DescribeCluster (KIP-700): the brokers, the fenced ones too when asked (KIP-1073). Controllers have no endpoint here. */
public final class DescribeClusterHandler
        implements AnsweringHandler<DescribeClusterRequestData, DescribeClusterResponseData> {

    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final ListenerViews views;
    private final Authorizer authorizer;

    public DescribeClusterHandler(ListenerViews views, Authorizer authorizer) {
        this.views = views;
        this.authorizer = authorizer;
    }

    @Override
    public CompletableFuture<DescribeClusterResponseData> answer(
            Caller caller, short version, DescribeClusterRequestData request) {
        if (request.endpointType() != BROKERS) {
            return CompletableFuture.completedFuture(wrongEndpoint(request.endpointType()));
        }
        ListenerView view = views.of(caller.listener());
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(view.image().clusterId())
                .setControllerId(view.controllerId(views.nodeId()));
        for (ListenerView.Node node : view.nodes(request.includeFencedBrokers())) {
            response.brokers()
                    .add(new DescribeClusterBroker()
                            .setBrokerId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack())
                            .setIsFenced(node.fenced()));
        }
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(
                    authorizer.allowsOnCluster(caller, AclOperation.DESCRIBE)
                            ? authorizer.allowedOperations(caller, ResourceType.CLUSTER, Authorizer.CLUSTER)
                            : 0);
        }
        return CompletableFuture.completedFuture(response);
    }

    @Override
    public DescribeClusterResponseData failure(short version, DescribeClusterRequestData request, Errors error) {
        return new DescribeClusterResponseData().setErrorCode(error.code()).setErrorMessage(error.message());
    }

    private static DescribeClusterResponseData wrongEndpoint(byte type) {
        return type == CONTROLLERS
                ? new DescribeClusterResponseData()
                        .setErrorCode(Errors.MISMATCHED_ENDPOINT_TYPE.code())
                        .setErrorMessage("The request was sent to an endpoint of type BROKER, but we wanted an endpoint"
                                + " of type CONTROLLER")
                : new DescribeClusterResponseData()
                        .setErrorCode(Errors.UNSUPPORTED_ENDPOINT_TYPE.code())
                        .setErrorMessage("Unsupported endpoint type " + type);
    }
}
