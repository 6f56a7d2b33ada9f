package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.feed.EdgeCounters;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.spool.DiskSpace;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a node does at one time.
 *
 * @param door the address of its door
 * @param master where the master is, in words
 * @param since since when it is connected to the master or away from it
 * @param masterProblem why it is not connected; empty when it is
 * @param registry URL without credentials
 * @param registryProblem why the registry cannot be used; empty when it can
 * @param disk the disk under the spool
 * @param diskLow whether it is nearly full, or was and is not clearly better since
 * @param members nodes of the cluster, as the master last told
 * @param paused which images the node takes no chunks of, by whose wish and since when
 * @param certificateLeft until the node's certificate ends; empty when it has none
 * @param certificateProblem why the next certificate does not come, or cannot be kept; empty when nothing hinders
 */
public record RelayStatus(
        NodeId node,
        URI door,
        String master,
        boolean connected,
        Instant since,
        String masterProblem,
        URI registry,
        String registryProblem,
        DiskSpace disk,
        boolean diskLow,
        int members,
        List<TransferReport> transfers,
        List<String> paused,
        List<EdgeCounters.Count> edges,
        Optional<Duration> certificateLeft,
        String certificateProblem) {
    public RelayStatus {
        requireNonNull(node, "node is null");
        transfers = List.copyOf(transfers);
        paused = List.copyOf(paused);
        edges = List.copyOf(edges);
    }
}
