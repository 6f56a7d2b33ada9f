package io.espalier.conformance;

import static io.espalier.conformance.host.StreamsInHost.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.conformance.host.HostKind;
import io.espalier.conformance.host.StreamsInHost;
import io.espalier.conformance.host.Traces;
import io.espalier.testkit.kafka.ChildBrokers;
import io.espalier.testkit.kafka.KafkaExtension;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleWiring;

/** A plug-in that is stopped is gone: neither a thread nor its classes stay, however often it starts again. */
class PluginsLeaveNothingTest {
    private static final int CYCLES = 20;
    private static final List<String> STEADY = List.of("file-terminal ads.web.click", "file-terminal host.log.in");

    @RegisterExtension
    static final ChildBrokers KAFKA = KafkaExtension.childProcesses(1);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void neitherThreadsNorClassesStayAfterTwentyRestarts(HostKind kind) throws Exception {
        try (StreamsInHost streams = StreamsInHost.start(kind, folder, KAFKA.bootstrapServers())) {
            streams.awaitSatisfied();
            assertThat(streams.create("ads.web.click").status()).isEqualTo(201);
            assertThat(streams.send("ads.web.click", "x").status()).isEqualTo(200);
            await("the terminal to write both streams")
                    .atMost(SOON)
                    .until(() -> Traces.threadCounts().keySet().containsAll(STEADY));
            SoftAssertions all = new SoftAssertions();
            for (Map.Entry<String, Bundle> plugin : streams.host().plugins().entrySet()) {
                long t = System.nanoTime();
                Map<String, Integer> before = Traces.threadCounts();
                restart(plugin.getValue());
                all.assertThatCode(() -> awaitNoMoreThan(before))
                        .as("threads after %d restarts of %s", CYCLES, plugin.getKey())
                        .doesNotThrowAnyException();
                System.err.println("CYCLE " + kind + " " + plugin.getKey() + " " + (System.nanoTime() - t) / 1000000);
            }
            Map<String, WeakReference<ClassLoader>> loaders = loaders(streams);
            streams.host().uninstallPlugins();
            all.assertThatCode(() -> awaitCollected(loaders))
                    .as("class loaders of uninstalled plug-ins")
                    .doesNotThrowAnyException();
            try { Class.forName("Dbg").getMethod("dump").invoke(null); } catch (ReflectiveOperationException e) { }
            try { java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class).dumpHeap("/tmp/conform/" + kind + ".hprof", true); } catch (java.io.IOException e) { }
            all.assertAll();
        }
    }

    private static void restart(Bundle bundle) throws BundleException {
        for (int i = 0; i < CYCLES; i++) {
            bundle.stop();
            bundle.start();
        }
    }

    private static void awaitNoMoreThan(Map<String, Integer> before) {
        await().atMost(SOON).untilAsserted(() -> {
            System.gc(); // the JDK's HTTP client ends its selector thread when it is garbage
            Map<String, Integer> more = new TreeMap<>(Traces.threadCounts());
            more.replaceAll((name, count) -> count - before.getOrDefault(name, 0));
            more.values().removeIf(count -> count <= 0);
            assertThat(more).isEmpty();
        });
    }

    private static Map<String, WeakReference<ClassLoader>> loaders(StreamsInHost streams) {
        Map<String, WeakReference<ClassLoader>> loaders = new LinkedHashMap<>();
        streams.host()
                .plugins()
                .forEach((name, bundle) -> loaders.put(
                        name,
                        new WeakReference<>(bundle.adapt(BundleWiring.class).getClassLoader())));
        return loaders;
    }

    private static void awaitCollected(Map<String, WeakReference<ClassLoader>> loaders) {
        await().atMost(SOON).untilAsserted(() -> {
            System.gc();
            List<String> alive = loaders.entrySet().stream()
                    .filter(loader -> loader.getValue().get() != null)
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(alive).as("plug-ins whose classes are still held").isEmpty();
        });
    }
}
