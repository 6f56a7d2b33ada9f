package io.espalier.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class DependencyRuleTest {
    private static final JavaClasses GATEWAY = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.espalier.gateway");

    @Test
    void lanesAndIntakeArePlainJava() {
        classes()
                .that()
                .resideInAnyPackage("..gateway.lane..", "..gateway.intake..", "..gateway.memory..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "io.espalier.stream..",
                        "..gateway.lane..",
                        "..gateway.intake..",
                        "..gateway.memory..")
                .check(GATEWAY);
    }

    @Test
    void onlyTheAdapterKnowsOsgiAndOnlyTheWriterKnowsKafka() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..gateway.osgi..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.osgi..")
                .check(GATEWAY);
        noClasses()
                .that()
                .resideOutsideOfPackage("..gateway.kafka..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.kafka..")
                .check(GATEWAY);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.espalier.gateway.(*)..").should().beFreeOfCycles().check(GATEWAY);
    }
}
