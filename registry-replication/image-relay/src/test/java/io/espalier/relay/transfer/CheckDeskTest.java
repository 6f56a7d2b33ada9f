package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Checked;
import io.espalier.relay.protocol.NodeMessage.Checking;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CheckDeskTest {
    @TempDir
    private Path folder;

    @Test
    void saysThatNothingIsKnownWhenItCannotMakeACheck() throws Exception {
        List<NodeMessage> said = new CopyOnWriteArrayList<>();
        EngineThreads full = new EngineThreads(1);
        full.close();
        RegistryEndpoint nowhere = RegistryEndpoint.allowingPlainHttp(URI.create("http://127.0.0.1:9"));
        try (RegistryClient registry = RegistryClient.of(nowhere)) {
            CheckDesk desk = new CheckDesk(
                    registry, RottenBlobs.open(folder.resolve("rotten")), new JobTable(blob -> {}), full, said::add);
            for (boolean deep : List.of(false, true, true)) {
                desk.ask(new Check("r1", "team/app", "1.0", deep, 0L));
            }
        }
        assertThat(said).hasSize(3).allSatisfy(message -> {
            Checked answer = (Checked) message;
            assertThat(answer.request()).isEqualTo("r1");
            assertThat(answer.image().unknown()).isTrue();
            assertThat(answer.image().problem()).contains("was not made").contains("ask again later");
        });
    }

    @Test
    void saysEveryMinuteThatADeepCheckWaitsForAnother() throws Exception {
        List<NodeMessage> said = new CopyOnWriteArrayList<>();
        CountDownLatch another = new CountDownLatch(1);
        EngineThreads threads = new EngineThreads(1);
        RegistryEndpoint nowhere = RegistryEndpoint.allowingPlainHttp(URI.create("http://127.0.0.1:9"));
        try (RegistryClient registry = RegistryClient.of(nowhere)) {
            CheckDesk desk = new CheckDesk(
                    registry, RottenBlobs.open(folder.resolve("rotten")), new JobTable(blob -> {}), threads, said::add);
            threads.deepChecks().execute(() -> {
                try {
                    another.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            long now = System.nanoTime();
            desk.ask(new Check("r1", "team/app", "1.0", true, 0L));

            desk.tick(now + TimeUnit.SECONDS.toNanos(50));
            assertThat(said).isEmpty();
            desk.tick(now + TimeUnit.SECONDS.toNanos(70));
            desk.tick(now + TimeUnit.SECONDS.toNanos(80));
            assertThat(said).containsExactly(new Checking("r1", 0, 0));

            another.countDown();
            await("its answer").atMost(Duration.ofSeconds(30)).until(() -> said.stream()
                    .anyMatch(Checked.class::isInstance));
            desk.tick(now + TimeUnit.HOURS.toNanos(1));
            assertThat(said.stream().filter(Checking.class::isInstance)).hasSize(1);
        } finally {
            threads.close();
        }
    }
}
