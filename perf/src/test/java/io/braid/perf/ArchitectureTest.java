package io.braid.perf;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

/** The tools know nodes from outside only, and not each other. */
@AnalyzeClasses(packages = "io.braid", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule toolsKnowNoOtherModule = noClasses()
            .that()
            .resideInAPackage("io.braid.perf..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.braid..").and(resideOutsideOfPackage("io.braid.perf..")));

    @ArchTest
    static final ArchRule toolsDoNotKnowEachOther = SlicesRuleDefinition.slices()
            .matching("io.braid.perf.(*)..")
            .should()
            .notDependOnEachOther();
}
