package io.braid.perf;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The tools know nodes from outside only, and not each other; what they share lies in four packages. */
@AnalyzeClasses(packages = "io.braid", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule toolsKnowNoModuleOfTheServer = noClasses()
            .that()
            .resideInAPackage("io.braid.perf..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.braid..")
                    .and(resideOutsideOfPackages("io.braid.perf..", "io.braid.client..")));

    @ArchTest
    static final ArchRule toolsDoNotKnowEachOther = SlicesRuleDefinition.slices()
            .matching("io.braid.perf.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(
                    alwaysTrue(),
                    resideInAnyPackage(
                            "io.braid.perf.measure..",
                            "io.braid.perf.nodes..",
                            "io.braid.perf.wire..",
                            "io.braid.perf.plot.."));

    @ArchTest
    static final ArchRule checkerOfChaosIsPure = noClasses()
            .that()
            .resideInAPackage("io.braid.perf.chaos.check..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..",
                    "java.net..",
                    "java.nio..",
                    "java.time..",
                    "java.util.concurrent..",
                    "org.apache.kafka..",
                    "io.braid.perf.chaos.cluster..",
                    "io.braid.perf.chaos.load..",
                    "io.braid.perf.chaos.fault..")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");
}
