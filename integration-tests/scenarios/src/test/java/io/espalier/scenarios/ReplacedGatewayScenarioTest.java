package io.espalier.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plug-in in the middle of the way is replaced and removed while records flow. */
@Tag("scenario")
class ReplacedGatewayScenarioTest {
    private static final String STREAM = "host.log.app";

    @TempDir
    private Path folder;

    @Test
    void replacingTheGatewayUnderTrafficLosesNothingAndLeavesNothingBehind() throws Exception {
        LogWriter log = new LogWriter(folder.resolve("logs/app.log"));
        Path home = Files.createDirectory(folder.resolve("espalier"));
        try (Installation installation = Installation.create(home, STREAM + "=" + folder.resolve("logs") + "/*.log")) {
            Path profile = home.resolve("etc/profiles/streams.json");
            Files.writeString(profile, Files.readString(profile).replace("\"stream-gateway\",", ""));
            Path shipped = home.resolve("plugins/stream-gateway.jar");
            Path dropped = home.resolve("deploy/stream-gateway.jar");
            Files.copy(shipped, dropped);
            installation.start("streams");
            log.write(1_000);
            awaitWritten(installation, log);

            put(repacked(shipped), dropped);
            Awaitility.await("the new jar is in force, with lines written all the time")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> {
                        log.write(100);
                        return installation
                                        .exec("log:tail 500")
                                        .text()
                                        .lines()
                                        .filter(line ->
                                                line.contains("stream-gateway") && line.contains("STARTING -> ACTIVE"))
                                        .count()
                                == 2;
                    });
            awaitWritten(installation, log);
            Files.delete(dropped);
            log.write(100);
            Awaitility.await("the gateway is gone")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !installation.exec("plugin:list").text().contains("stream-gateway"));
            assertThat(installation.exec("plugin:leaks").text()).contains("left nothing behind");

            Files.copy(shipped, dropped);
            awaitWritten(installation, log);
            Matcher verdict = Verdict.parse(installation.exec("stream:finish").text());
            assertThat(verdict.group("lost")).isEqualTo("0");
        }
    }

    private static void awaitWritten(Installation installation, LogWriter log) {
        Awaitility.await("all " + log.lines().size() + " lines are in committed files")
                .atMost(Duration.ofMinutes(1))
                .until(() ->
                        WrittenLines.of(installation.files(), STREAM).keySet().containsAll(log.lines()));
    }

    private static void put(Path jar, Path place) throws IOException {
        Files.move(jar, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The same bundle with one more entry, so that it is another jar. */
    private Path repacked(Path jar) throws IOException {
        Path copy = folder.resolve("espalier/deploy/.stream-gateway.new");
        try (JarInputStream in = new JarInputStream(Files.newInputStream(jar));
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(copy), in.getManifest())) {
            for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                out.putNextEntry(new JarEntry(entry.getName()));
                in.transferTo(out);
                out.closeEntry();
            }
            out.putNextEntry(new JarEntry("another"));
            out.closeEntry();
        }
        return copy;
    }
}
