package io.braid.broker;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.ConstructorCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.File;
import java.io.FileInputStream;
import java.io.RandomAccessFile;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;

/** The arrows between the modules, and the purity of the parts that decide (docs/architecture.md). */
@AnalyzeClasses(packages = "io.braid", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String PROTOCOL = "io.braid.protocol..";
    private static final String LOG = "io.braid.log..";
    private static final String CLIENT = "io.braid.client..";
    private static final String[] CONTROLLER = {"io.braid.image..", "io.braid.controller..", "io.braid.quorum.."};
    private static final String BROKER = "io.braid.broker..";

    /** The parts of the shard that decide; what is around them owns the thread, the log and the clock. */
    private static final Set<String> SHARD_CORES =
            Set.of("ShardReplica", "SequenceCheck", "UncommittedTail", "FetchInterests", "PartitionAppend");

    /** What is around the cores of groups: threads, futures, the log. */
    private static final Set<String> GROUP_SHELLS = Set.of(
            "GroupShard",
            "GroupPartitions",
            "GroupCoordinator",
            "GroupService",
            "GroupCensusTaker",
            "OffsetsTopic",
            "ShardCoordinatorLog",
            "RecordSink",
            "FutureReply");

    private static final Set<String> IMPURE_CLASSES =
            Set.of("java.util.concurrent.ThreadLocalRandom", "java.security.SecureRandom");

    private static final Set<String> IMPURE_METHODS = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.Math.random",
            "java.util.UUID.randomUUID",
            "org.apache.kafka.common.Uuid.randomUuid");

    /** What these packages read from and write to disk. */
    private static final Set<String> FILE_FORMATS = Set.of(
            "Checkpoint",
            "CheckpointReader",
            "CheckpointWriter",
            "SegmentIndex",
            "SegmentIndexBuilder",
            "SegmentIndexWriter");

    private static final DescribedPredicate<JavaClass> CORE = resideInAnyPackage(
                    "io.braid.image..", "io.braid.controller..", "io.braid.log.table..", "io.braid.log.index..")
            .or(resideInAnyPackage("io.braid.broker.shard..").and(named(SHARD_CORES)))
            .or(resideInAnyPackage("io.braid.broker.group", "io.braid.broker.group.consumer")
                    .and(not(named(GROUP_SHELLS)))
                    .and(not(DescribedPredicate.describe(
                            "tests", c -> c.getName().contains("Test")))))
            .as("cores");

    private static final DescribedPredicate<JavaClass> CORE_WITHOUT_FILES =
            CORE.and(not(named(FILE_FORMATS))).as("cores that are no file format");

    private static DescribedPredicate<JavaClass> named(Set<String> outermost) {
        return DescribedPredicate.describe("named " + outermost, c -> {
            JavaClass outer = c;
            while (outer.getEnclosingClass().isPresent()) {
                outer = outer.getEnclosingClass().get();
            }
            return outermost.contains(outer.getSimpleName());
        });
    }

    // ---- arrows

    @ArchTest
    static final ArchRule protocolKnowsNoOtherModule = noClasses()
            .that()
            .resideInAPackage(PROTOCOL)
            .should()
            .dependOnClassesThat(resideInAnyPackage(LOG, BROKER).or(resideInAnyPackage(CONTROLLER)));

    @ArchTest
    static final ArchRule logStorageKnowsProtocolOnly = noClasses()
            .that()
            .resideInAPackage(LOG)
            .should()
            .dependOnClassesThat(resideInAnyPackage(BROKER).or(resideInAnyPackage(CONTROLLER)));

    @ArchTest
    static final ArchRule controllerQuorumDoesNotKnowTheBroker = noClasses()
            .that()
            .resideInAnyPackage(CONTROLLER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BROKER);

    @ArchTest
    static final ArchRule imageKnowsNeitherDecisionsNorConsensus = noClasses()
            .that()
            .resideInAPackage("io.braid.image..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.braid.controller..", "io.braid.quorum..");

    @ArchTest
    static final ArchRule decisionsKnowNoConsensus = noClasses()
            .that()
            .resideInAPackage("io.braid.controller..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.braid.quorum..", "org.apache.ratis..");

    @ArchTest
    static final ArchRule ratisStaysInTheQuorum = noClasses()
            .that()
            .resideOutsideOfPackages("io.braid.quorum..", "io.braid.broker.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.ratis..");

    @ArchTest
    static final ArchRule chronicleStaysInLogStorage = noClasses()
            .that()
            .resideOutsideOfPackage(LOG)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("net.openhft..", "software.chronicle..");

    @ArchTest
    static final ArchRule modulesHaveNoOtherPackages = classes()
            .should(ArchConditions.resideInAnyPackage(
                    PROTOCOL, LOG, CONTROLLER[0], CONTROLLER[1], CONTROLLER[2], BROKER, CLIENT));

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsTheClients = noClasses()
            .that()
            .resideOutsideOfPackages(CLIENT, "io.braid.broker.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLIENT);

    @ArchTest
    static final ArchRule componentsOfConfigAndMetricsAreLeaves = SlicesRuleDefinition.slices()
            .matching("io.braid.broker.(config|metrics|cli)..")
            .should()
            .beFreeOfCycles();

    // ---- purity

    @ArchTest
    static final ArchRule coresKnowNoClockAndNoChance = noClasses()
            .that(CORE)
            .should()
            .accessTargetWhere(
                    DescribedPredicate.describe("reads a clock or a random source", ArchitectureTest::isImpure));

    @ArchTest
    static final ArchRule coresKnowNoThreadAndNoSocket = noClasses()
            .that(CORE)
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.net..", "io.netty.channel..", "java.util.concurrent.locks..")
                    .or(JavaClass.Predicates.assignableTo(Thread.class))
                    .or(JavaClass.Predicates.assignableTo(Executor.class))
                    .or(JavaClass.Predicates.assignableTo(BlockingQueue.class))
                    .as("threads, locks, sockets"));

    @ArchTest
    static final ArchRule coresKnowNoFiles = noClasses()
            .that(CORE_WITHOUT_FILES)
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                    .or(JavaClass.Predicates.assignableTo(File.class))
                    .or(JavaClass.Predicates.assignableTo(FileInputStream.class))
                    .or(JavaClass.Predicates.assignableTo(RandomAccessFile.class))
                    .as("files"));

    private static boolean isImpure(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        String name = access.getTarget().getName();
        if (IMPURE_CLASSES.contains(owner) || IMPURE_METHODS.contains(owner + "." + name)) {
            return true;
        }
        if (owner.startsWith("java.time.")) {
            return name.equals("now") || name.startsWith("system");
        }
        return access.getTarget() instanceof ConstructorCallTarget constructor
                && access.getTargetOwner().isEquivalentTo(Random.class)
                && constructor.getRawParameterTypes().isEmpty();
    }
}
