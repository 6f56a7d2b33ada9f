package io.espalier.testkit.replication;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.RegistryPlan;
import io.espalier.testkit.registry.RegistryServer;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresProgram("docker-registry")
class RelayClusterTest {
    @TempDir
    private Path folder;

    @Test
    void clusterThatCannotBePreparedLeavesNoRegistryRunning() {
        RegistryPlan plan = RegistryServer.in(folder.resolve("registry"));
        RelaySite site = new RelaySite("a", "127.0.0.1", 1, 1, plan, Map.of(), List.of());

        assertThatThrownBy(() ->
                        RelayCluster.prepare(List.of(site), 1, folder.resolve("no-kernel"), folder.resolve("work")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no-kernel");

        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), plan.port()).close())
                .isInstanceOf(ConnectException.class);
    }
}
