package io.espalier.bench.sites;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks the controller's REST door on this machine, which costs far less than a shell command, how a single transfer goes. */
final class TransferDoor {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int READ_LIMIT_MILLIS = 10_000;

    private final int port;
    private final ObjectMapper json = new ObjectMapper();

    TransferDoor(int port) {
        this.port = port;
    }

    /**
     * What the nodes said.
     *
     * @param doneAt when each node's word came that it is done
     * @param parents all nodes that sent to a node
     * @param received bytes over the links to a node
     */
    record Arrivals(Map<String, Instant> doneAt, Map<String, Set<String>> parents, Map<String, Long> received) {}

    /** The first child of a node in the tree for 2 GB. */
    String childOf(String parent) throws IOException {
        for (JsonNode edge : get("/v1/tree?size=2GB").path("edges")) {
            if (edge.path("parent").asText().equals(parent)) {
                return edge.path("child").asText();
            }
        }
        throw new IOException("The tree has no child of " + parent + ".");
    }

    /** Waits until all nodes are done with the only transfer. */
    Arrivals awaitAll(Duration limit) throws IOException {
        Arrivals arrivals = new Arrivals(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            JsonNode nodes =
                    get("/v1/transfers?limit=1").path("transfers").path(0).path("nodes");
            nodes.forEach(node -> note(node, arrivals));
            if (!nodes.isEmpty() && arrivals.doneAt().size() == nodes.size()) {
                return arrivals;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("The layer was not at every node within " + limit + ": " + nodes);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void note(JsonNode node, Arrivals arrivals) {
        String name = node.path("node").asText();
        String parent = node.path("parent").asText();
        if (!parent.isEmpty()) {
            arrivals.parents().computeIfAbsent(name, any -> new HashSet<>()).add(parent);
        }
        arrivals.received().put(name, node.path("bytesReceived").asLong());
        if (node.path("state").asText().equals("done")) {
            arrivals.doneAt()
                    .computeIfAbsent(name, any -> Instant.parse(node.path("at").asText()));
        }
    }

    private JsonNode get(String path) throws IOException {
        URL url = URI.create("http://127.0.0.1:" + port + path).toURL();
        var connection = url.openConnection();
        connection.setReadTimeout(READ_LIMIT_MILLIS);
        try (var answer = connection.getInputStream()) {
            return json.readTree(answer);
        }
    }
}
