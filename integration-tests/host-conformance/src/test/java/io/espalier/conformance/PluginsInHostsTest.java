package io.espalier.conformance;

import static io.espalier.conformance.host.Host.SOON;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.conformance.host.Components;
import io.espalier.conformance.host.HostKind;
import io.espalier.conformance.host.HostThread;
import io.espalier.conformance.host.HttpAnswer;
import io.espalier.conformance.host.Shell;
import io.espalier.conformance.host.StreamsInHost;
import io.espalier.conformance.host.Traces;
import io.espalier.testkit.kafka.ChildBrokers;
import io.espalier.testkit.kafka.KafkaExtension;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every plug-in of the profile {@code streams} in frameworks without our kernel. */
class PluginsInHostsTest {
    @RegisterExtension
    static final ChildBrokers KAFKA = KafkaExtension.childProcesses(1);

    private static final String STREAM = "ads.web.click";

    /** What each command of the plug-ins prints at least, in the order of their running. */
    private static final Map<String, String> COMMANDS = new TreeMap<>(Map.ofEntries(
            Map.entry("collector:sources", "host.log.in"),
            Map.entry("file:publish", "visible files"),
            Map.entry("file:writers", STREAM),
            Map.entry("gateway:queues", STREAM),
            Map.entry("kafka:status", ""),
            Map.entry("stream:create dev.shell.made", "Created"),
            Map.entry("stream:delete dev.shell.made", "Deleted"),
            Map.entry("stream:finish --limit 20s", "lost=0 duplicates=0"),
            Map.entry("stream:list", STREAM),
            Map.entry("stream:show " + STREAM, STREAM),
            Map.entry("stream:top", STREAM),
            Map.entry("stream:update " + STREAM + " --priority 9", "Updated")));

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyPluginWorksInTheHostAndLeavesNothing(HostKind kind) throws Exception {
        Traces before = Traces.now();
        try (StreamsInHost streams =
                HostThread.call(() -> StreamsInHost.start(kind, folder, KAFKA.bootstrapServers()))) {
            componentsAreSatisfied(streams);
            recordsAreStored(streams);
            var unused = HostThread.call(() -> commandsAnswer(streams));
            assertThat(before.leftSince())
                    .as("traces of the running plug-ins; without any this test could not fail")
                    .anyMatch(left -> left.startsWith("thread "))
                    .anyMatch(left -> left.startsWith("port "))
                    .anyMatch(left -> left.startsWith("MBean "));
        }
        await("threads, ports and MBeans to be gone").atMost(SOON).untilAsserted(() -> {
            System.gc(); // the JDK's HTTP client ends its selector thread when it is garbage
            assertThat(before.leftSince()).isEmpty();
        });
    }

    private static void componentsAreSatisfied(StreamsInHost streams) throws Exception {
        streams.host().awaitWorking();
        assertThat(new Components(streams.host().context())
                        .described(streams.host().bundles()))
                .hasSizeGreaterThanOrEqualTo(10);
    }

    private static void recordsAreStored(StreamsInHost streams) throws Exception {
        HttpAnswer created = streams.create(STREAM);
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        HttpAnswer read = HttpAnswer.get(streams.catalog("/v1/streams/" + STREAM));
        assertThat(read.status()).as(read.body()).isEqualTo(200);
        HttpAnswer stored = streams.send(STREAM, "from a foreign host");
        assertThat(stored.body()).isEqualTo("{\"stored\":1}");
        JsonNode stream = new ObjectMapper().readTree(read.body());
        ConsumerRecord<byte[], byte[]> record =
                KAFKA.topics().consume(stream.path("topic").asText(), 1, SOON).get(0);
        assertThat(new String(record.value(), UTF_8)).isEqualTo("from a foreign host");
    }

    private static boolean commandsAnswer(StreamsInHost streams) throws Exception {
        Shell shell = new Shell(streams.host().context());
        assertThat(COMMANDS.keySet().stream().map(line -> line.split(" ", 2)[0]))
                .as("commands that are run here, and those that the plug-ins have")
                .containsExactlyInAnyOrderElementsOf(
                        Shell.commands(streams.host().plugins().values()));
        await("the collected line to be stored").atMost(SOON).until(() -> shell.run("gateway:queues")
                .contains("host.log.in"));
        for (Map.Entry<String, String> command : COMMANDS.entrySet()) {
            assertThat(shell.run(command.getKey())).as(command.getKey()).contains(command.getValue());
        }
        return true;
    }
}
