package io.espalier.kernel.felix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.felix.fixture.Breaking;
import io.espalier.kernel.felix.fixture.Leaking;
import io.espalier.kernel.felix.fixture.Marking;
import io.espalier.kernel.felix.fixture.Slow;
import io.espalier.kernel.felix.fixture.Stuck;
import io.espalier.kernel.felix.fixture.Throwing;
import io.espalier.kernel.felix.fixture.Waiting;
import io.espalier.kernel.felix.host.FrameworkKind;
import io.espalier.kernel.felix.host.TestBundle;
import io.espalier.kernel.felix.host.TestKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bad and good plug-ins in the drop folder of the whole kernel, seen through its commands. */
@SuppressWarnings("NullAway.Init")
class KernelTest {
    @TempDir
    private Path home;

    private TestKernel kernel;

    @AfterEach
    void stop() {
        System.setProperty("fixture.release", "now");
        kernel.close();
        System.clearProperty("fixture.release");
        System.clearProperty("acme.marking");
    }

    @ParameterizedTest
    @EnumSource
    void startsReplacesAndRemovesDroppedJar(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        Path jar = TestBundle.named("acme.marking").activator(Marking.class).writeTo(kernel.deploy());
        kernel.awaitState("acme.marking", "ACTIVE");

        TestBundle.named("acme.marking")
                .version("1.1.0")
                .activator(Marking.class)
                .write(jar);
        await("the new version").atMost(Duration.ofSeconds(20)).until(() -> "1.1.0"
                .equals(System.getProperty("acme.marking")));

        Files.delete(jar);
        await("the removal").atMost(Duration.ofSeconds(20)).until(() -> !kernel.run("plugin:list")
                .contains("acme.marking"));
        assertThat(System.getProperty("acme.marking")).isNull();
        assertThat(kernel.run("plugin:leaks")).contains("left nothing behind");
    }

    @ParameterizedTest
    @EnumSource
    void refusesTruncatedJarAndJarThatIsNoBundle(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        Path whole = TestBundle.named("acme.cut").activator(Marking.class).writeTo(home);
        Files.write(
                kernel.deploy().resolve("cut.jar"),
                Arrays.copyOf(Files.readAllBytes(whole), (int) Files.size(whole) / 2));
        TestBundle.named("plain").header("Bundle-SymbolicName", "").writeTo(kernel.deploy());

        awaitFile("cut.jar.refused");
        awaitFile("plain.jar.refused");

        assertThat(kernel.http("GET", "/metrics").body()).contains("espalier_refusals_total 2");
    }

    @ParameterizedTest
    @EnumSource
    void quarantinesWhatFailsAndExplainsIt(FrameworkKind kind) {
        kernel = TestKernel.start(kind, home);
        TestBundle.named("acme.needy").header("Import-Package", "com.acme.x").writeTo(kernel.deploy());
        TestBundle.named("acme.throwing").activator(Throwing.class).writeTo(kernel.deploy());
        TestBundle.named("acme.breaking").activator(Breaking.class).writeTo(kernel.deploy());
        TestBundle.named("acme.waiting")
                .component(Waiting.class, "immediate=\"true\"", reference())
                .writeTo(kernel.deploy());

        for (String name : new String[] {"acme.needy", "acme.throwing", "acme.breaking", "acme.waiting"}) {
            kernel.awaitState(name, "QUARANTINED");
        }

        // Each is tried again now and then, so its sentence may be that of a start for a moment.
        kernel.awaitOutput("plugin:explain acme.needy", "no installed plug-in exports package com.acme.x");
        kernel.awaitOutput("plugin:explain acme.throwing", "no licence key");
        kernel.awaitOutput("plugin:explain acme.breaking", "NoSuchMethodError: acme.Library.call()");
        kernel.awaitOutput("plugin:explain acme.waiting", "waits for a service java.util.concurrent.Callable");
    }

    @ParameterizedTest
    @EnumSource
    void healsAtOnceWhenTheMissingServiceArrives(FrameworkKind kind) {
        kernel = TestKernel.start(kind, home);
        TestBundle.named("acme.waiting")
                .component(Waiting.class, "immediate=\"true\"", reference())
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.waiting", "QUARANTINED");

        kernel.context().registerService(Callable.class, () -> "x", null);

        kernel.awaitState("acme.waiting", "ACTIVE");
    }

    @ParameterizedTest
    @EnumSource
    void slowActivatorHoldsUpNoOther(FrameworkKind kind) {
        kernel = TestKernel.start(kind, home);
        TestBundle.named("acme.slow").activator(Slow.class).writeTo(kernel.deploy());
        kernel.awaitState("acme.slow", "STARTING");

        TestBundle.named("acme.marking").activator(Marking.class).writeTo(kernel.deploy());
        kernel.awaitState("acme.marking", "ACTIVE");

        assertThat(kernel.run("plugin:list")).containsPattern("acme.slow +1.0.0 +STARTING");
        kernel.awaitState("acme.slow", "QUARANTINED");
        kernel.awaitOutput("plugin:explain acme.slow", "fixture.Slow.start");
    }

    @ParameterizedTest
    @EnumSource
    void showsWhereAStuckStopStands(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        Path jar = TestBundle.named("acme.stuck").activator(Stuck.class).writeTo(kernel.deploy());
        kernel.awaitState("acme.stuck", "ACTIVE");

        Files.delete(jar);

        kernel.awaitState("acme.stuck", "STUCK");
        assertThat(kernel.run("plugin:explain acme.stuck")).contains("fixture.Stuck.stop");
    }

    @ParameterizedTest
    @EnumSource
    void refusesASecondJarOfTheSameName(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        TestBundle.named("acme.marking").activator(Marking.class).writeTo(kernel.deploy());
        kernel.awaitState("acme.marking", "ACTIVE");

        TestBundle.named("acme.marking").write(kernel.deploy().resolve("again.jar"));

        awaitFile("again.jar.refused");
        assertThat(Files.readString(kernel.deploy().resolve("again.jar.refused")))
                .contains("acme.marking");
        kernel.awaitState("acme.marking", "ACTIVE");
    }

    @ParameterizedTest
    @EnumSource
    void namesTheThreadThatAPluginLeft(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        Path jar = TestBundle.named("acme.leaking").activator(Leaking.class).writeTo(kernel.deploy());
        kernel.awaitState("acme.leaking", "ACTIVE");

        Files.delete(jar);
        await("the removal").atMost(Duration.ofSeconds(20)).until(() -> !kernel.run("plugin:list")
                .contains("acme.leaking"));

        assertThat(kernel.run("plugin:leaks")).contains("acme-forgotten");
    }

    @ParameterizedTest
    @EnumSource
    void startsTheProfileAndSaysWhatIsMissingOfIt(FrameworkKind kind) throws IOException {
        TestBundle.named("acme.marking").activator(Marking.class).write(home.resolve("plugins/marking.jar"));
        Files.writeString(home.resolve("profile.json"), "{\"plugins\": [\"marking\", \"absent\"]}");
        kernel = TestKernel.start(kind, home);

        kernel.awaitState("acme.marking", "ACTIVE");

        assertThat(kernel.awaitOutput("health:check", "absent"))
                .contains("NOT READY")
                .contains("Profile profile names plug-in absent but there is no ");
        assertThat(kernel.http("GET", "/health/ready").statusCode()).isEqualTo(503);
    }

    private static String reference() {
        return "<reference name=\"work\" interface=\"java.util.concurrent.Callable\" bind=\"bind\" unbind=\"unbind\"/>";
    }

    private void awaitFile(String name) {
        await(name)
                .atMost(Duration.ofSeconds(20))
                .until(() -> Files.exists(kernel.deploy().resolve(name)));
    }
}
