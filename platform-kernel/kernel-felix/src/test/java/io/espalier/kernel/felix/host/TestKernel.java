package io.espalier.kernel.felix.host;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.osgi.framework.BundleContext;

/** The whole kernel in a real framework, as the launcher starts it, driven through its doors. */
public final class TestKernel implements AutoCloseable {
    private static final List<String> KERNEL_PACKAGES = List.of(
            "io.espalier.files;version=0.1.0",
            "io.espalier.kernel.budget",
            "io.espalier.kernel.config",
            "io.espalier.kernel.deploy",
            "io.espalier.kernel.jar",
            "io.espalier.kernel.leak",
            "io.espalier.kernel.log",
            "io.espalier.kernel.plugin",
            "io.espalier.kernel.quarantine",
            "io.espalier.kernel.suggest",
            "io.espalier.kernel.supervise");

    private final Path home;
    private final TestFramework host;
    private final ControlClient shell;

    private TestKernel(Path home, TestFramework host, ControlClient shell) {
        this.home = home;
        this.host = host;
        this.shell = shell;
    }

    /** Starts with what lies in the home's folders already; the port is any that is free unless etc/kernel.json says so. */
    public static TestKernel start(FrameworkKind kind, Path home) {
        try {
            for (String folder : List.of("etc", "data", "log", "plugins", "deploy")) {
                Files.createDirectories(home.resolve(folder));
            }
            if (!Files.exists(home.resolve("etc/kernel.json"))) {
                Files.writeString(
                        home.resolve("etc/kernel.json"),
                        "{\"endpoint-port\": 0, \"start-budget-seconds\": 2, \"stop-budget-seconds\": 1, \"leak-delay-seconds\": 1,"
                                + " \"activation-budget-seconds\": 1}");
            }
        } catch (IOException e) {
            throw new IllegalStateException("The home of the kernel under test cannot be made.", e);
        }
        return startAsItIs(kind, home);
    }

    /** Starts without a look at the home. */
    public static TestKernel startAsItIs(FrameworkKind kind, Path home) {
        try {
            TestFramework host =
                    TestFramework.create(kind, home.resolve("data/cache"), KERNEL_PACKAGES, properties(home));
            host.add(Path.of(System.getProperty("espalier.basedir", "."), "target", "classes"));
            host.withSystemBundles().start();
            return new TestKernel(home, host, ControlClient.connect(home.resolve("data/kernel.sock")));
        } catch (IOException e) {
            throw new IllegalStateException("The kernel under test cannot be started.", e);
        }
    }

    private static Map<String, String> properties(Path home) {
        Map<String, String> properties = new HashMap<>();
        for (String folder : List.of("etc", "data", "log", "plugins", "deploy")) {
            properties.put("espalier." + folder, home.resolve(folder).toString());
        }
        properties.put("espalier.home", home.toString());
        properties.put("espalier.started", Long.toString(System.currentTimeMillis()));
        if (Files.exists(home.resolve("profile.json"))) {
            properties.put("espalier.profile", home.resolve("profile.json").toString());
        }
        return properties;
    }

    public BundleContext context() {
        return host.framework().getBundleContext();
    }

    public Path deploy() {
        return home.resolve("deploy");
    }

    public Path etc() {
        return home.resolve("etc");
    }

    public Path socket() {
        return home.resolve("data/kernel.sock");
    }

    /** Runs a command and gives back what it printed, whether it failed or not. */
    public String run(String command) {
        ControlClient.Answer answer = shell.run(command);
        return answer.out() + answer.err();
    }

    /** The kernel's HTTP door, found through its own command. */
    public HttpResponse<String> http(String method, String path) {
        String address = run("kernel:info")
                .lines()
                .filter(line -> line.startsWith("endpoint"))
                .map(line -> line.substring("endpoint".length()).strip())
                .findFirst()
                .orElseThrow();
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://" + address + path))
                                    .timeout(Duration.ofSeconds(10))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException("The kernel's endpoint does not answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until a command prints the text. */
    public String awaitOutput(String command, String text) {
        return Awaitility.await(command + " to print " + text)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> run(command), output -> output.contains(text));
    }

    /** Waits until {@code plugin:list} shows the plug-in in the state. */
    public void awaitState(String plugin, String state) {
        Awaitility.await(plugin + " to be " + state)
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> run("plugin:list"), list -> list.lines()
                        .anyMatch(line -> line.startsWith(plugin + " ") && line.contains(" " + state + " ")));
    }

    @Override
    public void close() {
        shell.close();
        host.close();
    }
}
