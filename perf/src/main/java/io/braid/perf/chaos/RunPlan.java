package io.braid.perf.chaos;

import io.braid.perf.chaos.fault.Fault;
import io.braid.perf.measure.ClientKind;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one run is to do.
 *
 * @param lengthMs time with faults; start, mending and the last reading come on top
 * @param client the library of all clients
 * @param kafkaHome nodes of Apache Kafka from there, in place of Braid's
 * @param braid the command bin/braid
 * @param directory for data, outputs and the history
 * @param heap of a node
 * @param rate records a second
 * @param settings of every node, over those that suit a short run
 */
record RunPlan(
        long seed,
        long lengthMs,
        int nodes,
        Set<Fault> faults,
        Plant plant,
        ClientKind client,
        Optional<Path> kafkaHome,
        Path braid,
        Path directory,
        String heap,
        int partitions,
        int rate,
        Map<String, String> settings) {

    static final String TOPIC = "chaos";
    static final String HISTORY = "history.jsonl";

    Path history() {
        return directory.resolve(HISTORY);
    }

    int replicas() {
        return Math.min(3, nodes);
    }

    int minInSync() {
        return Math.min(plant.minInSync(), replicas());
    }

    /** The command line that does the same. */
    String replay() {
        StringBuilder command = new StringBuilder("bin/braid chaos --seed " + seed + " --minutes "
                + (lengthMs % 60_000 == 0 ? Long.toString(lengthMs / 60_000) : Double.toString(lengthMs / 60_000.0))
                + " --nodes " + nodes);
        if (plant == Plant.NONE) {
            command.append(" --faults ").append(Fault.text(faults));
        } else {
            command.append(" --plant ").append(plant.text());
        }
        command.append(" --partitions ").append(partitions).append(" --rate ").append(rate);
        if (client != ClientKind.KAFKA) {
            command.append(" --client ").append(client.text());
        }
        kafkaHome.ifPresent(home -> command.append(" --kafka-home ").append(home));
        settings.forEach((key, value) ->
                command.append(" --set ").append(key).append('=').append(value));
        return command.toString();
    }
}
