package io.espalier.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the class files of all modules against the rule core <- adapter <- assembly. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = importClasses();

    /** JSON is their subject: messages, kept trees, manifests in archives, notifications. */
    private static final String[] READING_JSON = {
        "io.espalier.relay.protocol..",
        "io.espalier.replication.plan..",
        "io.espalier.replication.archive..",
        "io.espalier.replication.trigger..",
        "io.espalier.engine.content.."
    };

    private static final String[] MAKING_CERTIFICATES = {
        "io.espalier.relay.identity..", "io.espalier.replication.authority.."
    };

    private static JavaClasses importClasses() {
        List<Path> folders = ModuleMapTest.modules().stream()
                .map(module -> ModuleMapTest.ROOT.resolve(module).resolve("target/classes/io/espalier"))
                .filter(Files::isDirectory)
                .toList();
        return new ClassFileImporter().importPaths(folders);
    }

    @Test
    void onlyAdaptersKnowOsgi() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..osgi..", "io.espalier.kernel.felix..", "io.espalier.kernel.launcher.boot..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.osgi..")
                .check(CLASSES);
    }

    @Test
    void coresUseTheJdkAlone() {
        classes()
                .that()
                .resideInAnyPackage("io.espalier.stream..")
                .and()
                .resideOutsideOfPackages("..osgi..")
                .and(resideInAnyPackage(
                        "io.espalier.stream.id..",
                        "io.espalier.stream.record..",
                        "io.espalier.stream.report..",
                        "io.espalier.stream.queue..",
                        "io.espalier.stream.cluster..",
                        "io.espalier.stream.stage.."))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "io.espalier.stream..")
                .check(CLASSES);
        classes()
                .that()
                .resideInAnyPackage("io.espalier.kernel..")
                .and()
                .resideOutsideOfPackages("io.espalier.kernel.felix..", "io.espalier.kernel.launcher..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.management..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "io.espalier.files..",
                        "io.espalier.kernel..")
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage("io.espalier.files..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "io.espalier.files..")
                .check(CLASSES);
        classes()
                .that()
                .resideInAPackage("io.espalier.tree..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "io.espalier.tree..")
                .check(CLASSES);
    }

    @Test
    void theRegistryClientUsesTheJdkAndJackson() {
        classes()
                .that()
                .resideInAPackage("io.espalier.registry..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "javax.net.ssl..",
                        "org.slf4j..",
                        "org.jspecify..",
                        "com.fasterxml..",
                        "io.espalier.registry..")
                .check(CLASSES);
    }

    @Test
    void theEmbeddedStoreKnowsVertxInItsDoorAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.espalier.embedded..")
                .and()
                .resideOutsideOfPackage("io.espalier.embedded.door..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..")
                .check(CLASSES);
    }

    /** See docs/architecture.md: the packages of plug-ins that speak another's language, and the subjects of their own. */
    @Test
    void coresOfPluginsUseNoFramework() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.espalier.catalog..",
                        "io.espalier.collector..",
                        "io.espalier.file..",
                        "io.espalier.gateway..",
                        "io.espalier.kafka..",
                        "io.espalier.quality..",
                        "io.espalier.engine..",
                        "io.espalier.relay..",
                        "io.espalier.replication..")
                .and()
                .resideOutsideOfPackages(
                        "..osgi..",
                        "..kafka.embedded..",
                        "io.espalier.file.kafka..",
                        "io.espalier.gateway.kafka..",
                        "io.espalier.gateway.http..",
                        "io.espalier.collector.http..",
                        "..rest..",
                        "..json..",
                        "..database..",
                        "..topic..",
                        "..node..",
                        "io.espalier.quality.reconcile..",
                        "io.espalier.relay.wire..",
                        "io.espalier.relay.control..",
                        "io.espalier.engine.docker..")
                .and(not(resideInAnyPackage(READING_JSON)))
                .and(not(resideInAnyPackage(MAKING_CERTIFICATES)))
                .should()
                .dependOnClassesThat(isOfAFramework())
                .check(CLASSES);
    }

    @Test
    void aPackageThatReadsJsonUsesJacksonAlone() {
        noClasses()
                .that()
                .resideInAnyPackage(READING_JSON)
                .should()
                .dependOnClassesThat(isOfAFramework().and(not(resideInAPackage("com.fasterxml.."))))
                .check(CLASSES);
    }

    @Test
    void aPackageThatMakesCertificatesUsesBouncyCastleAlone() {
        noClasses()
                .that()
                .resideInAnyPackage(MAKING_CERTIFICATES)
                .should()
                .dependOnClassesThat(isOfAFramework().and(not(resideInAPackage("org.bouncycastle.."))))
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> isOfAFramework() {
        return resideInAnyPackage(
                "org.osgi..",
                "org.apache.felix..",
                "io.vertx..",
                "io.netty..",
                "org.apache.kafka..",
                "com.fasterxml..",
                "org.bouncycastle..",
                "java.sql..",
                "javax.sql..",
                "org.h2..",
                "com.zaxxer..",
                "org.flywaydb..",
                "com.github.dockerjava..");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.espalier.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void packagesAreNamedAfterTheirTopic() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..util..",
                        "..utils..",
                        "..common..",
                        "..helper..",
                        "..helpers..",
                        "..impl..",
                        "..misc..",
                        "..manager..")
                .check(CLASSES);
    }

    @Test
    void nobodySleepsOrPrintsOutsideThePrograms() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.espalier.kernel.launcher..",
                        "io.espalier.bench..",
                        "io.espalier.kafka.embedded..",
                        "..osgi..",
                        "io.espalier.kernel.felix..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }
}
