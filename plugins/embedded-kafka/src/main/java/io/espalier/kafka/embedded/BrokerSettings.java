package io.espalier.kafka.embedded;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one node needs to start.
 *
 * @param dataFolder where the node keeps its log; created and formatted when empty, used again when not
 * @param nodeId the id of the node in its cluster, 1 for the only or first one
 * @param port the loopback port for clients; 0 chooses a free one
 * @param controllerPort the loopback port of the cluster's only controller, which runs in node 1; 0 chooses a free one
 *     and is for node 1 only
 * @param properties settings of Kafka's {@code server.properties} that win over everything this class sets
 */
public record BrokerSettings(
        Path dataFolder, int nodeId, int port, int controllerPort, Map<String, String> properties) {
    private static final int HIGHEST_PORT = 65_535;

    public BrokerSettings {
        requireNonNull(dataFolder, "dataFolder is null");
        properties = Map.copyOf(requireNonNull(properties, "properties is null"));
        if (nodeId < 1) {
            throw new IllegalArgumentException("nodeId is " + nodeId + "; it must be 1 or higher");
        }
        checkPort("port", port);
        checkPort("controllerPort", controllerPort);
        if (nodeId > 1 && controllerPort == 0) {
            throw new IllegalArgumentException("node " + nodeId + " needs the controllerPort of node 1");
        }
    }

    /** One node that is broker and controller, on free ports. */
    public static BrokerSettings inFolder(Path dataFolder) {
        return new BrokerSettings(dataFolder, 1, 0, 0, Map.of());
    }

    /** The same with this port for clients; 0 chooses a free one. */
    public BrokerSettings withPort(int newPort) {
        return new BrokerSettings(dataFolder, nodeId, newPort, controllerPort, properties);
    }

    /** The same as node {@code newNodeId} of the cluster whose controller listens on this loopback port. */
    public BrokerSettings asNode(int newNodeId, int newControllerPort) {
        return new BrokerSettings(dataFolder, newNodeId, port, newControllerPort, properties);
    }

    /** The same with one more setting of Kafka's {@code server.properties}. */
    public BrokerSettings withProperty(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(properties);
        more.put(name, value);
        return new BrokerSettings(dataFolder, nodeId, port, controllerPort, more);
    }

    /** Whether this node runs the cluster's controller. */
    public boolean isController() {
        return nodeId == 1;
    }

    private static void checkPort(String name, int value) {
        if (value < 0 || value > HIGHEST_PORT) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be from 0 to " + HIGHEST_PORT);
        }
    }
}
