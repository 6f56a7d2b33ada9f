package io.espalier.conformance.host;

import io.espalier.kafka.embedded.LoopbackPorts;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;

/**
 * The plug-ins of the profile {@code registry-master} in a host, configured by hand: free ports, own folders. For one thread at a
 * time.
 */
public final class RegistryInHost implements AutoCloseable {
    private final Host host;
    private int controllerPort;

    private RegistryInHost(Host host, int controllerPort) {
        this.host = host;
        this.controllerPort = controllerPort;
    }

    /**
     * Starts all plug-ins of the profile.
     *
     * @param folder empty
     * @param registry that runs already
     * @param node the name of the master's node
     */
    public static RegistryInHost start(HostKind kind, Path folder, URI registry, String node) throws Exception {
        Iterator<Integer> ports = LoopbackPorts.free(2).iterator();
        RegistryInHost master = new RegistryInHost(Host.start(kind, folder), ports.next());
        try {
            master.host.configure("replication.controller", Map.of("port", master.controllerPort));
            master.host.configure(
                    "image.relay",
                    Map.of(
                            "name",
                            node,
                            "host",
                            "127.0.0.1",
                            "port",
                            ports.next(),
                            "registry-url",
                            registry.toString()));
            master.host.configure(
                    "docker.engine",
                    Map.of("socket", folder.resolve("no-engine.sock").toString()));
            master.host.startPlugins(Distribution.plugins("registry-master"));
            return master;
        } catch (Exception | AssertionError e) {
            master.close();
            throw e;
        }
    }

    public Host host() {
        return host;
    }

    /** Gives the controller another port. */
    public void moveController() throws Exception {
        controllerPort = LoopbackPorts.free(1).iterator().next();
        host.configure("replication.controller", Map.of("port", controllerPort));
    }

    /** An address at the controller's door. */
    public String controller(String path) {
        return "http://127.0.0.1:" + controllerPort + path;
    }

    @Override
    public void close() {
        host.close();
    }
}
