package io.espalier.collector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses code = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.espalier.collector");

    @Test
    void coreKnowsOnlyTheJdkLoggingAndStreamCore() {
        classes()
                .that()
                .resideOutsideOfPackages(
                        "io.espalier.collector.json", "io.espalier.collector.http", "io.espalier.collector.osgi")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "org.slf4j..", "org.jspecify..", "io.espalier.stream..", "io.espalier.collector..")
                .check(code);
    }

    @Test
    void coreDoesNotKnowItsAdapters() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.espalier.collector.json", "io.espalier.collector.http", "io.espalier.collector.osgi")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.espalier.collector.json", "io.espalier.collector.http", "io.espalier.collector.osgi")
                .check(code);
    }

    @Test
    void onlyTheAdapterKnowsOsgi() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.espalier.collector.osgi")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.osgi..")
                .check(code);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.espalier.collector.(*)..")
                .should()
                .beFreeOfCycles()
                .check(code);
    }
}
