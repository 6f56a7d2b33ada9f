package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.testkit.process.ChildProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel as its operator sees it: drop folder, shell, and a kill. */
@Tag("scenario")
class KernelScenarioTest {
    @TempDir
    private Path folder;

    private Installation installation;

    @BeforeEach
    void install() throws IOException {
        installation = Installation.create(Files.createDirectory(folder.resolve("espalier")));
    }

    @AfterEach
    void stop() {
        installation.close();
    }

    @Test
    void aQuarantinedPluginIsStillExplainedAfterKillMinusNine() throws IOException {
        ChildProcess kernel = installation.start("minimal");
        drop("needy.jar", "com.acme.needy", "com.acme.nowhere");
        awaitExplanation("com.acme.needy", text -> text.contains("com.acme.nowhere"));

        kernel.kill();
        installation.start("minimal");

        awaitExplanation("com.acme.needy", text -> text.contains("com.acme.nowhere"));
        assertThat(installation.exec("plugin:list").text()).containsIgnoringCase("quarantined");
    }

    @Test
    void aDroppedPluginBecomesActiveAndGoesWithItsJar() throws IOException {
        installation.start("minimal");
        Path jar = drop("good.jar", "com.acme.good", "java.util");
        awaitList(text -> text.lines().anyMatch(line -> line.matches("(?i).*com[.]acme[.]good.*active.*")));

        Files.delete(jar);

        awaitList(text -> !text.contains("com.acme.good"));
        assertThat(installation.exec("plugin:leaks").exit()).isZero();
    }

    @Test
    void aTruncatedJarIsRefusedBesideIt() throws IOException {
        installation.start("minimal");
        Path whole = drop(folder.resolve("whole.jar"), "com.acme.whole", "java.util");
        byte[] bytes = Files.readAllBytes(whole);

        Files.write(installation.home().resolve("deploy/half.jar"), java.util.Arrays.copyOf(bytes, bytes.length - 30));

        Path refusal = installation.home().resolve("deploy/half.jar.refused");
        Awaitility.await("half.jar.refused").atMost(Duration.ofSeconds(30)).until(() -> Files.exists(refusal));
        assertThat(refusal).content().contains("half.jar");
        assertThat(installation.exec("plugin:explain half").text()).contains("half.jar is refused");
        assertThat(installation.exec("health:check").text()).contains("! half.jar is refused");
    }

    @Test
    void aWrongCommandEndsWithASentenceAndAnExitCode() {
        installation.start("minimal");

        assertThat(installation.exec("plugin:explain nobody")).satisfies(answer -> {
            assertThat(answer.exit()).isNotZero();
            assertThat(answer.text()).contains("nobody").doesNotContain("Exception");
        });
        assertThat(installation.exec("no:such").exit()).isNotZero();
        assertThat(installation.exec("plugin:list").exit()).isZero();
    }

    private Path drop(String file, String name, String imports) throws IOException {
        return drop(installation.home().resolve("deploy").resolve(file), name, imports);
    }

    private static Path drop(Path file, String name, String imports) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", "1.0.0");
        if (!imports.startsWith("java.")) {
            main.putValue("Import-Package", imports);
        }
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
        return file;
    }

    private void awaitExplanation(String plugin, Predicate<String> condition) {
        await("plugin:explain " + plugin, condition);
    }

    private void awaitList(Predicate<String> condition) {
        await("plugin:list", condition);
    }

    private void await(String command, Predicate<String> condition) {
        Awaitility.await(command)
                .atMost(Duration.ofSeconds(30))
                .until(() -> condition.test(installation.exec(command).text()));
    }
}
