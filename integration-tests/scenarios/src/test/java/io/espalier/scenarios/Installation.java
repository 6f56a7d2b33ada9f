package io.espalier.scenarios;

import io.espalier.testkit.kernel.KernelHome;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * The built distribution in a folder of its own, with free ports, as an operator would set it up: bin and etc are copied,
 * the jars linked.
 */
final class Installation implements AutoCloseable {
    static final Duration START_LIMIT = Duration.ofSeconds(90);

    private final KernelHome home;
    private final int kernelPort = freePort();
    private final int catalogPort = freePort();
    private final int gatewayPort = freePort();
    private final int kafkaPort = freePort();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Optional<ChildProcess> kernel = Optional.empty();

    /**
     * @param folder empty
     * @param sources what the collector reads, as {@code stream=glob}
     */
    static Installation create(Path folder, String... sources) {
        return new Installation(folder, List.of(sources));
    }

    private Installation(Path folder, List<String> sources) {
        this.home = KernelHome.install(KernelHome.built(), folder, List.of());
        configure("kernel", Map.of("endpoint-port", kernelPort));
        configure("stream.catalog", Map.of("port", catalogPort));
        configure("stream.gateway", Map.of("port", gatewayPort));
        configure("kafka.embedded", Map.of("port", kafkaPort));
        configure("file.terminal", Map.of("roll-seconds", 2));
        Map<String, Object> collector = new LinkedHashMap<>();
        collector.put("gateway", "http://127.0.0.1:" + gatewayPort);
        collector.put("catalog", "http://127.0.0.1:" + catalogPort);
        collector.put("sources", sources);
        configure("stream.collector", collector);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes etc/pid.json anew. */
    void configure(String pid, Map<String, ?> values) {
        home.configure(pid, values);
    }

    Path home() {
        return home.folder();
    }

    Path data() {
        return home.data();
    }

    Path files() {
        return data().resolve("files");
    }

    int kafkaPort() {
        return kafkaPort;
    }

    URI kernel(String path) {
        return URI.create("http://127.0.0.1:" + kernelPort + path);
    }

    URI catalog(String path) {
        return URI.create("http://127.0.0.1:" + catalogPort + path);
    }

    URI gateway(String path) {
        return URI.create("http://127.0.0.1:" + gatewayPort + path);
    }

    /** Starts the kernel and waits until it says that it is ready. */
    ChildProcess start(String profile) {
        ChildProcess child = home.start(profile);
        kernel = Optional.of(child);
        Awaitility.await("the kernel in " + home.folder() + " is ready")
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .failFast("the kernel ended: " + child, () -> !child.isAlive())
                .until(() -> status(kernel("/health/ready")) == 200);
        return child;
    }

    /** A program call that has not started yet. */
    ProcessPlan espalier(String... arguments) {
        return home.espalier(arguments);
    }

    /** Runs a shell command in the kernel; answers with what it printed. */
    KernelHome.Answer exec(String line) {
        return home.exec(line);
    }

    int status(URI uri) {
        try {
            return http.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofMinutes(1)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        kernel.ifPresent(ChildProcess::close);
    }
}
