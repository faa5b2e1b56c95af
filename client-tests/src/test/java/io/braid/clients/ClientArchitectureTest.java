package io.braid.clients;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/** The arrows between the client modules and the others, and the purity of what decides. */
@AnalyzeClasses(packages = "io.braid", importOptions = ImportOption.DoNotIncludeTests.class)
class ClientArchitectureTest {
    private static final String PRODUCER = "io.braid.client.producer..";
    private static final String CONSUMER = "io.braid.client.consumer..";
    private static final String CLIENT = "io.braid.client..";
    private static final String[] SERVER = {
        "io.braid.log..", "io.braid.image..", "io.braid.controller..", "io.braid.quorum..", "io.braid.broker.."
    };
    private static final Set<String> CONSUMER_CORES = Set.of(
            "Fetcher",
            "FetchSession",
            "FetchSessions",
            "FetchAnswers",
            "LookupAnswers",
            "Positions",
            "Delays",
            "ReadFailures",
            "ReceivedChunks",
            "AssignedPartition",
            "AssignedTopic",
            "AssignedTopics",
            "PrefetchBudget",
            "PartitionSet",
            "Ranges",
            "Chunk",
            "Frame",
            "BatchWalk",
            "RecordReader",
            "RecordBodies",
            "AbortedTransactions");
    private static final Set<String> CORES = Set.of(
            "Accumulator",
            "PartitionState",
            "Lane",
            "Lanes",
            "Pending",
            "Appender",
            "Pauses",
            "RecordSpace",
            "Batch",
            "BatchList",
            "BatchSplit",
            "Sequences",
            "Verdict",
            "RecordFormat");

    private static final Set<String> GROUP_CORES = Set.of(
            "Membership",
            "MembershipLife",
            "ServerAssignedMembership",
            "ClassicMembership",
            "ClassicAssignment",
            "ClassicRequests",
            "TopicLookout",
            "Ownership",
            "CommitQueue",
            "Commit",
            "CommittedQuery",
            "OffsetMessages");

    @ArchTest
    static final ArchRule clientsKnowTheProtocolOnly = noClasses()
            .that()
            .resideInAPackage(CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER);

    @ArchTest
    static final ArchRule serversDoNotKnowTheClients = noClasses()
            .that()
            .resideInAnyPackage(SERVER)
            .and()
            .resideOutsideOfPackage("io.braid.broker.cli..")
            .or()
            .resideInAPackage("io.braid.protocol..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLIENT);

    @ArchTest
    static final ArchRule othersDoNotKnowTheProducer = noClasses()
            .that()
            .resideInAPackage(CLIENT)
            .and()
            .resideOutsideOfPackage(PRODUCER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(PRODUCER);

    @ArchTest
    static final ArchRule othersDoNotKnowTheConsumer = noClasses()
            .that()
            .resideInAPackage(CLIENT)
            .and()
            .resideOutsideOfPackage(CONSUMER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CONSUMER);

    @ArchTest
    static final ArchRule routingIsPure = classes()
            .that()
            .resideInAPackage("io.braid.client.routing..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.braid.client.routing..",
                    "io.braid.protocol.watch..",
                    "java.lang..",
                    "java.util",
                    "java.util.function",
                    "java.util.stream",
                    "org.apache.kafka.common..");

    @ArchTest
    static final ArchRule coresKnowNoThreadSocketOrClock = noClasses()
            .that(DescribedPredicate.<JavaClass>describe(
                    "cores of the producer",
                    c -> c.getPackageName().equals("io.braid.client.producer") && CORES.contains(c.getSimpleName())))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "io.netty.channel..", "java.util.concurrent..", "java.time..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule groupCoresKnowNoThreadSocketOrClock = noClasses()
            .that(DescribedPredicate.<JavaClass>describe(
                    "cores of groups",
                    c -> c.getPackageName().equals("io.braid.client.consumer.group")
                            && GROUP_CORES.contains(c.getSimpleName())))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "io.netty..", "java.util.concurrent..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule coresOfTheConsumerLikewise = noClasses()
            .that(DescribedPredicate.<JavaClass>describe(
                    "cores of the consumer",
                    c -> c.getPackageName().equals("io.braid.client.consumer")
                            && CONSUMER_CORES.contains(c.getSimpleName())))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "io.netty..", "java.util.concurrent..", "java.time..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");
}
