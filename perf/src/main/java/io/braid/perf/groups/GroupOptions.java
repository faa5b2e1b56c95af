package io.braid.perf.groups;

import io.braid.perf.measure.BrokerName;
import io.braid.perf.measure.ResultLine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Option;

/** Options that loads on groups have in common; a picocli mixin. */
final class GroupOptions {

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", required = true, description = "Any broker.")
    private String bootstrap;

    @Option(
            names = "--broker",
            paramLabel = "NAME",
            description = "What result lines call the brokers. Default: braid or kafka, whichever answers.")
    private Optional<String> broker = Optional.empty();

    @Option(
            names = "--pid",
            paramLabel = "PID,...",
            split = ",",
            description = "Of the brokers' processes on this machine: their CPU is reported, and their heap.")
    private List<Long> pids = List.of();

    String bootstrap() {
        return bootstrap;
    }

    List<Long> pids() {
        return pids;
    }

    /** A line that says which broker it was. */
    ResultLine line(String workload, Admin admin) throws ExecutionException, InterruptedException, TimeoutException {
        return new ResultLine(workload)
                .put("broker", broker.isPresent() ? broker.get() : BrokerName.of(admin))
                .put("client", "kafka");
    }
}
