package io.braid.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.braid.perf.Main;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The commands of the comparison are those that the tools take. */
class WorkloadsTest {

    static Stream<Extent> extents() {
        return Stream.of(Extent.FULL, Extent.QUICK, Extent.TINY);
    }

    private static List<Workload> workloads(Extent extent) {
        return new Workloads(extent)
                .sessions().stream()
                        .flatMap(session -> session.workloads().stream())
                        .toList();
    }

    @ParameterizedTest
    @MethodSource("extents")
    void everyCommandIsUnderstood(Extent extent) {
        for (Session session : new Workloads(extent).sessions()) {
            List<String> nodes =
                    session.nodes() == 0 ? List.of() : List.of("--bootstrap", "127.0.0.1:1", "--pid", "1,2");
            Stream.concat(
                            session.warmUp().stream(),
                            session.workloads().stream().map(Workload::arguments))
                    .forEach(arguments -> {
                        String[] all = Stream.of(arguments, nodes, List.of("--broker", "braid"))
                                .flatMap(List::stream)
                                .toArray(String[]::new);
                        CommandLine.ParseResult parsed = Main.commandLine().parseArgs(all);
                        assertThat(parsed.errors()).as("%s", arguments).isEmpty();
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("extents")
    void aNameAndABrokerAreOneWorkload(Extent extent) {
        List<String> keys = workloads(extent).stream()
                .flatMap(one -> one.brokers().stream().map(broker -> one.name() + " " + broker))
                .toList();
        assertThat(keys).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("extents")
    void bothBrokersDoTheSameButForNumbersOfPartitions(Extent extent) {
        assertThat(workloads(extent).stream()
                        .filter(one -> one.brokers().size() == 1)
                        .map(Workload::name)
                        .distinct())
                .allMatch(name -> name.matches("partitions|topics|spread-1000+(-own-client)?|failover-beside-\\d+"));
    }
}
