package io.espalier.kernel.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class DependencyTest {
    private final JavaClasses kernel = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.espalier.kernel");

    @Test
    void coreKnowsOnlyTheJdkTheLogFacadeDurableFilesAndItself() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.management..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "io.espalier.files..",
                        "io.espalier.kernel..")
                .check(kernel);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("io.espalier.kernel.(*)..").should().beFreeOfCycles().check(kernel);
    }
}
