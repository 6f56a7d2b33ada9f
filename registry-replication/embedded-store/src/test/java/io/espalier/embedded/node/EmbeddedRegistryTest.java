package io.espalier.embedded.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.http.DoorException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedRegistryTest {
    @TempDir
    private Path folder;

    private EmbeddedRegistry open(int port) throws Exception {
        return EmbeddedRegistry.open(
                new EmbeddedSettings(folder, "127.0.0.1", "127.0.0.1", port, 1L << 30), Clock.systemUTC());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("embedded-store"))
                .toList();
    }

    @Test
    void leavesNothingWhenItIsClosed() throws Exception {
        try (EmbeddedRegistry registry = open(0)) {
            registry.client().ping();
            assertThat(threads()).isNotEmpty();
            assertThat(registry.client().endpoint().uri()).isEqualTo(registry.address());
        }
        await("the threads of the store end").atMost(Duration.ofSeconds(10)).until(() -> threads()
                .isEmpty());
        open(0).close();
    }

    @Test
    void aTakenPortIsToldAndTheFolderIsFreeAgain() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> open(taken.getLocalPort()))
                    .isInstanceOf(DoorException.class)
                    .hasMessageContaining("the address is taken");
        }
        open(0).close();
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new EmbeddedSettings(folder, "h", "b", 70_000, 1L << 30))
                .hasMessageContaining("store-port is 70000");
        assertThatThrownBy(() -> new EmbeddedSettings(folder, "h", "b", 0, 5)).hasMessageContaining("store-bytes is 5");
    }
}
