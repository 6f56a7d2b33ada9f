package io.espalier.kernel.felix.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.felix.fixture.Looking;
import io.espalier.kernel.felix.fixture.LookingComponent;
import io.espalier.kernel.felix.fixture.Named;
import io.espalier.kernel.felix.host.FrameworkKind;
import io.espalier.kernel.felix.host.TestBundle;
import io.espalier.kernel.felix.host.TestKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two plug-ins with classes of the same names: each must find its own on every way that leads into it. On Felix only: Equinox
 * puts a context class loader of its own in the place of the kernel's while an activator runs, and that one lets the virtual
 * machine remember the first plug-in's class for both.
 */
@SuppressWarnings("NullAway.Init")
class ContextLoaderTest {
    private static final List<String> NAMES = List.of("acme.one", "acme.two");

    @TempDir
    private Path home;

    private TestKernel kernel;

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @EnumSource(names = "FELIX")
    void findsItsOwnClassesInActivatorCommandAndHealthCheck(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        for (String name : NAMES) {
            bundle(name).activator(Looking.class).writeTo(kernel.deploy());
            kernel.awaitState(name, "ACTIVE");
        }

        for (String name : NAMES) {
            assertThat(kernel.run(name.replace('.', '-') + ":look")).isEqualTo("own\n");
        }
        kernel.run("health:check");
        for (String name : NAMES) {
            Files.delete(kernel.deploy().resolve(name + ".jar"));
            awaitValue(name + ".stop", "own");
            assertThat(System.getProperty(name + ".start")).isEqualTo("own");
            assertThat(System.getProperty(name + ".command")).isEqualTo("own");
            assertThat(System.getProperty(name + ".health")).isEqualTo("own");
        }
        await("the removals").atMost(Duration.ofSeconds(20)).until(() -> !kernel.run("plugin:list")
                .contains("acme"));
        assertThat(kernel.run("plugin:leaks")).contains("left nothing behind");
    }

    @ParameterizedTest
    @EnumSource(names = "FELIX")
    void findsItsOwnClassesInComponentsAndConfigurationUpdates(FrameworkKind kind) throws IOException {
        kernel = TestKernel.start(kind, home);
        for (String name : NAMES) {
            configure(name, 1);
            bundle(name)
                    .component(
                            LookingComponent.class,
                            "immediate=\"true\" activate=\"activate\" modified=\"modified\" deactivate=\"deactivate\""
                                    + " configuration-policy=\"require\" configuration-pid=\"" + name + "\"",
                            "")
                    .writeTo(kernel.deploy());
            awaitValue("looking." + name + ".activate", "own1");
        }
        for (String name : NAMES) {
            configure(name, 2);
            awaitValue("looking." + name + ".modified", "own2");
        }
        for (String name : NAMES) {
            Files.delete(kernel.etc().resolve(name + ".json"));
            awaitValue("looking." + name + ".deactivate", "own2");
        }
    }

    private static TestBundle bundle(String name) {
        return TestBundle.named(name)
                .header("Import-Package", "org.osgi.framework,org.apache.felix.hc.api")
                .type(Named.class)
                .file("META-INF/services/java.lang.Object", Named.class.getName());
    }

    private void configure(String name, int mark) throws IOException {
        Files.writeString(kernel.etc().resolve(name + ".json"), "{\"who\": \"" + name + "\", \"mark\": " + mark + "}");
    }

    private static void awaitValue(String property, String value) {
        await(property + " to be " + value)
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(System.getProperty(property)).isEqualTo(value));
    }
}
