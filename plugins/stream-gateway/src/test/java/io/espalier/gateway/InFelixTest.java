package io.espalier.gateway;

import static io.espalier.gateway.Sender.assertFault;
import static io.espalier.gateway.Sender.assertStored;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.testkit.kafka.KafkaExtension;
import java.io.File;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.framework.FrameworkFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.service.cm.ConfigurationAdmin;

/** The gateway with its library bundles in a real framework, under a context class loader that sees nothing. */
class InFelixTest {
    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.inProcess();

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String GATEWAY = "io.espalier.gateway.osgi.GatewayComponent";

    @TempDir
    Path folder;

    @Test
    void servesARequestFromItsBundlesAndLeavesNoThreadBehind() throws Exception {
        String topic = KAFKA.newTopic("felix");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new ClassLoader(null) {});
        Framework framework = new FrameworkFactory().newFramework(frameworkProperties());
        try {
            framework.start();
            List<Bundle> bundles = install(framework.getBundleContext());
            serve(framework.getBundleContext(), bundles, topic);
        } finally {
            framework.stop();
            framework.waitForStop(SOON.toMillis());
            thread.setContextClassLoader(before);
        }
        ConsumerRecord<byte[], byte[]> record = KAFKA.consume(topic, 1, SOON).get(0);
        assertThat(new String(record.value(), UTF_8)).isEqualTo("from a bundle");
        assertThat(new String(record.headers().lastHeader("x-agent").value(), UTF_8))
                .isEqualTo("gateway-felix/ads.web.click");
        await("threads of the gateway to end").atMost(SOON).until(() -> Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .noneMatch(name -> name.startsWith("stream-gateway") || name.contains("gateway-")));
    }

    private void serve(BundleContext context, List<Bundle> bundles, String topic) throws Exception {
        Bundle core = bundles.stream()
                .filter(bundle -> "io.espalier.stream-core".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
        Object directory = directory(core, topic);
        context.registerService("io.espalier.stream.catalog.StreamDirectory", directory, null);
        configure(context, "stream.gateway", Map.of("port", 0, "max-report-bytes", 2048, "id", "felix"));
        await("the gateway to activate").atMost(SOON).until(() -> find(context, GATEWAY) != null);
        Sender sender = new Sender(port(context));
        assertFault(sender.text("ads.web.click", "x"), 503, "NO_CLUSTER", "no Kafka cluster");
        assertFault(sender.json("ads.web.click", "{"), 400, "MALFORMED_JSON", "line 1");
        assertFault(sender.text("ads.web.click", "x".repeat(2049)), 413, "REPORT_TOO_LARGE", "2048");

        configure(context, "kafka.cluster", Map.of("bootstrap-servers", KAFKA.bootstrapServers()));
        await("the cluster to be bound")
                .atMost(SOON)
                .until(() -> find(context, "io.espalier.stream.cluster.KafkaCluster") != null);
        assertStored(sender.json("ads.web.click", "{\"records\":[{\"text\":\"from a bundle\"}]}"), 1);
        assertThat(call(context, "queues").toString()).contains("PUSHED BACK").contains("ads.web.click");
        assertThat(commandProperty(context)).isEqualTo("gateway");
    }

    /** The class path of this test has classes of the same names, so a look-up by class would not fit. */
    private static @Nullable ServiceReference<?> find(BundleContext context, String type) throws Exception {
        ServiceReference<?>[] all = context.getAllServiceReferences(type, null);
        return all == null ? null : all[0];
    }

    private static @Nullable Object commandProperty(BundleContext context) throws Exception {
        ServiceReference<?> reference = find(context, GATEWAY);
        return reference == null ? null : reference.getProperty("osgi.command.scope");
    }

    private static int port(BundleContext context) throws Exception {
        return (Integer) call(context, "port");
    }

    private static Object call(BundleContext context, String method) throws Exception {
        ServiceReference<?> reference = find(context, GATEWAY);
        assertThat(reference).as("the gateway's service").isNotNull();
        Object component = context.getService(reference);
        return component.getClass().getMethod(method).invoke(component);
    }

    /** The bundle's own classes are not those of this test, so the service is made of the bundle's. */
    private static Object directory(Bundle core, String topic) throws Exception {
        Class<?> id = core.loadClass("io.espalier.stream.id.StreamId");
        Class<?> delivery = core.loadClass("io.espalier.stream.catalog.DeliveryClass");
        Object stream = core.loadClass("io.espalier.stream.catalog.StreamDefinition")
                .getConstructors()[0]
                .newInstance(
                        id.getMethod("parse", String.class).invoke(null, "ads.web.click"),
                        1L,
                        topic,
                        1,
                        5,
                        delivery.getEnumConstants()[0],
                        "text",
                        List.of(),
                        10_000,
                        "");
        Class<?> directory = core.loadClass("io.espalier.stream.catalog.StreamDirectory");
        return Proxy.newProxyInstance(
                directory.getClassLoader(),
                new Class<?>[] {directory},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "find" -> Optional.of(stream);
                    case "list" -> List.of(stream);
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> 1;
                    default -> "directory of one stream";
                });
    }

    private static void configure(BundleContext context, String pid, Map<String, Object> values) throws Exception {
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        Dictionary<String, Object> properties = FrameworkUtil.asDictionary(values);
        context.getService(reference).getConfiguration(pid, "?").update(properties);
    }

    private Map<String, String> frameworkProperties() {
        Map<String, String> properties = new HashMap<>();
        properties.put("org.osgi.framework.storage", folder.resolve("felix").toString());
        properties.put("org.osgi.framework.storage.clean", "onFirstInit");
        properties.put(
                "org.osgi.framework.system.packages.extra",
                "org.slf4j;version=2.0.17,org.slf4j.event;version=2.0.17,org.slf4j.helpers;version=2.0.17,"
                        + "org.slf4j.spi;version=2.0.17,org.osgi.service.cm;version=1.6.1");
        return properties;
    }

    private static List<Bundle> install(BundleContext context) throws Exception {
        List<Bundle> bundles = new ArrayList<>();
        for (String location : locations()) {
            bundles.add(context.installBundle("reference:" + location));
        }
        for (Bundle bundle : bundles) {
            bundle.start();
        }
        return bundles;
    }

    private static List<String> locations() throws ClassNotFoundException {
        List<String> locations = new ArrayList<>();
        for (String type : List.of(
                "org.osgi.util.function.Function",
                "org.osgi.util.promise.Promise",
                "org.osgi.service.component.ComponentContext",
                "org.apache.felix.cm.impl.ConfigurationAdminFactory",
                "org.apache.felix.scr.info.ScrInfo",
                "com.fasterxml.jackson.annotation.JsonProperty",
                "com.fasterxml.jackson.core.JsonFactory",
                "com.fasterxml.jackson.databind.ObjectMapper")) {
            URL source =
                    Class.forName(type).getProtectionDomain().getCodeSource().getLocation();
            locations.add(source.toString());
        }
        File root = new File(System.getProperty("espalier.root"));
        for (String module : List.of(
                "platform-kernel/library-bundles/vertx",
                "platform-kernel/library-bundles/kafka-clients",
                "connectors/stream-core",
                "plugins/http-door",
                "plugins/stream-gateway")) {
            locations.add(new File(root, module + "/target/classes").toURI().toString());
        }
        return locations;
    }
}
