package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.relay.protocol.MasterMessage.Check;
import io.espalier.relay.protocol.NodeMessage;
import io.espalier.relay.protocol.NodeMessage.Checked;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
}
