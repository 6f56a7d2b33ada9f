package io.espalier.kafka.osgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kafka.embedded.LoopbackPorts;
import io.espalier.stream.cluster.KafkaCluster;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

class EmbeddedKafkaComponentTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void offersTheClusterWhenItServesAndWithdrawsItBeforeItStops(@TempDir Path folder) throws Exception {
        putClassPathInto(folder.resolve("home/lib/kafka"));
        Framework framework = new FrameworkFactory()
                .newFramework(Map.of(
                        "org.osgi.framework.storage", folder.resolve("cache").toString(),
                        "espalier.home", folder.resolve("home").toString(),
                        "espalier.data", folder.resolve("data").toString(),
                        "espalier.log", folder.resolve("log").toString()));
        framework.start();
        try {
            int port = LoopbackPorts.free();
            long start = System.nanoTime();
            EmbeddedKafkaComponent component = new EmbeddedKafkaComponent(
                    framework.getBundleContext(), new Configuration(port, "", "", 128, "", new String[0], 10));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
            KafkaCluster cluster = awaitCluster(framework.getBundleContext());
            assertThat(cluster.name()).isEqualTo("main");
            assertThat(cluster.clientProperties()).containsEntry("bootstrap.servers", "127.0.0.1:" + port);
            assertThat(new KafkaCommands(component).status()).startsWith("state=READY bootstrap=127.0.0.1:" + port);
            assertThat(new KafkaHealth(component).execute().isOk()).isTrue();
            assertThat(folder.resolve("data/kafka/meta.properties")).exists();
            component.deactivate();
            assertThat(framework.getBundleContext().getServiceReference(KafkaCluster.class))
                    .isNull();
            assertThat(LoopbackPorts.isFree(port)).isTrue();
        } finally {
            framework.stop();
            framework.waitForStop(LIMIT.toMillis());
        }
    }

    private static KafkaCluster awaitCluster(BundleContext context) {
        await().atMost(LIMIT).until(() -> context.getServiceReference(KafkaCluster.class) != null);
        ServiceReference<KafkaCluster> reference = context.getServiceReference(KafkaCluster.class);
        return context.getService(reference);
    }

    /** One jar whose manifest names the class path of this test. */
    private static void putClassPathInto(Path libraries) throws IOException {
        Manifest manifest = new Manifest();
        String urls = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, urls);
        Files.createDirectories(libraries);
        try (OutputStream file = Files.newOutputStream(libraries.resolve("path.jar"))) {
            new JarOutputStream(file, manifest).close();
        }
    }
}
