package io.espalier.conformance;

import static io.espalier.conformance.host.Host.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.conformance.host.HostKind;
import io.espalier.conformance.host.HostThread;
import io.espalier.conformance.host.JdkSlots;
import io.espalier.conformance.host.StreamsInHost;
import io.espalier.conformance.host.Traces;
import io.espalier.testkit.kafka.ChildBrokers;
import io.espalier.testkit.kafka.KafkaExtension;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
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
        SoftAssertions all = new SoftAssertions();
        // Thread-locals of a thread that goes on are the host's matter; see docs/hosts.md.
        try (StreamsInHost streams =
                HostThread.call(() -> StreamsInHost.start(kind, folder, KAFKA.bootstrapServers()))) {
            awaitSteady(streams);
            List<String> restarted = HostThread.call(() -> restartEach(streams, all));
            Map<String, WeakReference<ClassLoader>> loaders = new LinkedHashMap<>();
            for (String name : restarted) {
                loaders.put(name, HostThread.call(() -> uninstall(streams, name)));
            }
            JdkSlots.displace();
            all.assertThatCode(() -> awaitCollected(loaders))
                    .as("classes of uninstalled plug-ins")
                    .doesNotThrowAnyException();
        }
        all.assertAll();
    }

    private static void awaitSteady(StreamsInHost streams) throws Exception {
        streams.host().awaitWorking();
        assertThat(streams.create("ads.web.click").status()).isEqualTo(201);
        assertThat(streams.send("ads.web.click", "x").status()).isEqualTo(200);
        await("the terminal to write both streams")
                .atMost(SOON)
                .until(() -> Traces.threadCounts().keySet().containsAll(STEADY));
    }

    /** The names of all plug-ins, the last one first. */
    private static List<String> restartEach(StreamsInHost streams, SoftAssertions all) throws BundleException {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, Bundle> plugin : streams.host().plugins().entrySet()) {
            Map<String, Integer> before = Traces.threadCounts();
            restart(plugin.getValue());
            all.assertThatCode(() -> awaitNoMoreThan(before))
                    .as("threads after %d restarts of %s", CYCLES, plugin.getKey())
                    .doesNotThrowAnyException();
            names.add(0, plugin.getKey());
        }
        return names;
    }

    private static WeakReference<ClassLoader> uninstall(StreamsInHost streams, String name) throws Exception {
        BundleWiring wiring = streams.host().plugin(name).adapt(BundleWiring.class);
        WeakReference<ClassLoader> loader = new WeakReference<>(wiring.getClassLoader());
        streams.host().uninstallPlugin(name);
        return loader;
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

    /** All are gone by now: a class loader of Felix can hold that of a bundle which used it until it goes itself. */
    private static void awaitCollected(Map<String, WeakReference<ClassLoader>> loaders) {
        await().atMost(SOON).untilAsserted(() -> {
            System.gc();
            assertThat(loaders.entrySet().stream()
                            .filter(loader -> loader.getValue().get() != null)
                            .map(Map.Entry::getKey))
                    .as("plug-ins whose classes are still held")
                    .isEmpty();
        });
    }
}
