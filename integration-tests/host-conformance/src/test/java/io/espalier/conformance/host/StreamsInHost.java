package io.espalier.conformance.host;

import io.espalier.kafka.embedded.LoopbackPorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The plug-ins of the profile {@code streams} in a host, configured by hand: free ports, an external Kafka, own folders. */
public final class StreamsInHost implements AutoCloseable {
    public static final String EMBEDDED_KAFKA = "embedded-kafka";

    private final Host host;
    private final int catalogPort;
    private final int gatewayPort;

    private StreamsInHost(Host host, int catalogPort, int gatewayPort) {
        this.host = host;
        this.catalogPort = catalogPort;
        this.gatewayPort = gatewayPort;
    }

    /**
     * Starts all plug-ins of the profile; the embedded Kafka last, so that it never is the first cluster.
     *
     * @param folder empty; the collector reads what is written into its {@code in.log} as the stream {@code host.log.in}
     */
    public static StreamsInHost start(HostKind kind, Path folder, String bootstrapServers) throws Exception {
        Iterator<Integer> ports = LoopbackPorts.free(3).iterator();
        StreamsInHost streams = new StreamsInHost(Host.start(kind, folder), ports.next(), ports.next());
        try {
            streams.configure(folder, bootstrapServers, ports.next());
            List<String> plugins = new ArrayList<>(Distribution.plugins("streams"));
            plugins.remove(EMBEDDED_KAFKA);
            plugins.add(EMBEDDED_KAFKA);
            streams.host.startPlugins(plugins);
            return streams;
        } catch (Exception | AssertionError e) {
            streams.close();
            throw e;
        }
    }

    private void configure(Path folder, String bootstrapServers, int kafkaPort) throws Exception {
        host.configure("kafka.cluster", Map.of("bootstrap-servers", bootstrapServers));
        host.configure(
                "kafka.embedded",
                Map.of(
                        "port",
                        kafkaPort,
                        "libraries",
                        Distribution.home().resolve("lib/kafka").toString()));
        host.configure("stream.catalog", Map.of("port", catalogPort));
        host.configure("stream.gateway", Map.of("port", gatewayPort));
        host.configure("file.terminal", Map.of("roll-seconds", 1));
        Path source = folder.resolve("in.log");
        Files.writeString(source, "a line of a file\n");
        host.configure(
                "stream.collector",
                Map.of(
                        "catalog",
                        "http://127.0.0.1:" + catalogPort,
                        "gateway",
                        "http://127.0.0.1:" + gatewayPort,
                        "sources",
                        new String[] {"host.log.in=" + source}));
    }

    public Host host() {
        return host;
    }

    /** Creates a stream by REST. */
    public HttpAnswer create(String stream) throws Exception {
        return HttpAnswer.post(
                catalog("/v1/streams"), "application/json", "{\"id\":\"" + stream + "\",\"terminals\":[\"file\"]}");
    }

    /** Sends one record to the gateway. */
    public HttpAnswer send(String stream, String text) throws Exception {
        return HttpAnswer.post(
                "http://127.0.0.1:" + gatewayPort + "/v1/streams/" + stream + "/records",
                "text/plain; charset=" + StandardCharsets.UTF_8,
                text);
    }

    /** An address at the catalog's door. */
    public String catalog(String path) {
        return "http://127.0.0.1:" + catalogPort + path;
    }

    @Override
    public void close() {
        host.close();
    }
}
