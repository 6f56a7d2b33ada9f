package io.espalier.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.engine.desk.ArrivalMode;
import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.relay.protocol.ReleaseGate.Opinion;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine without a Docker engine, and configurations that are wrong. */
class NoEngineTest {
    @TempDir
    private Path folder;

    private EngineSettings.Texts texts(boolean gate) {
        return new EngineSettings.Texts(
                "unix://" + folder.resolve("none.sock"),
                "off",
                gate,
                List.of(),
                List.of(),
                1,
                10,
                64L << 20,
                1,
                16,
                "none",
                false,
                1,
                1,
                "");
    }

    private EngineNode start(boolean gate) throws Exception {
        EngineSettings settings = EngineSettings.read(texts(gate), folder.resolve("data"));
        return EngineNode.start(settings.socket(), settings.desk(), Optional::empty, Clock.systemUTC());
    }

    @Test
    void commandsAnswerWithASentence() throws Exception {
        try (EngineNode node = start(false)) {
            assertThat(node.console().status())
                    .startsWith("There is no Docker engine: nothing is at " + folder.resolve("none.sock"))
                    .contains("Arrivals: off. Release gate: off.");
            assertThatThrownBy(() -> node.console().test(List.of("shop/web:v1")))
                    .hasMessageContaining("relay does not run");
            assertThatThrownBy(() -> node.console().test(List.of("shop/web")))
                    .hasMessage("'shop/web' is no image; write REPOSITORY:TAG.");
            assertThatThrownBy(() -> node.console().test(List.of())).hasMessageContaining("write engine:test");
            assertThatThrownBy(() -> node.console().logs(List.of("nothing")))
                    .hasMessageContaining("There is no test 'nothing'");
            assertThat(node.gate()).isEmpty();
            assertThat(node.arrivals()).isEmpty();
        }
    }

    @Test
    void aGateWithoutAnEngineHoldsNoThreadAndLetsNothingPass() throws Exception {
        try (EngineNode node = start(true)) {
            ReleaseGate gate = node.gate().orElseThrow();
            String digest = "sha256:" + "ab".repeat(32);
            Awaitility.await("the reason").atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                Opinion opinion = gate.ask("shop/web", "v1", digest);
                assertThat(opinion).isInstanceOf(Opinion.Judges.class);
                assertThat(((Opinion.Judges) opinion).sentence()).contains("There is no Docker engine");
            });
            assertThat(node.desk().results(1)).isEmpty();
        }
    }

    @Test
    void everyMistakeOfAConfigurationIsNamedAtOnce() {
        EngineSettings.Texts wrong = new EngineSettings.Texts(
                "tcp://10.0.0.1:2375",
                "sometimes",
                false,
                List.of("!!x"),
                List.of("no command"),
                20,
                10,
                1,
                1,
                1,
                "none",
                false,
                0,
                1,
                "http://x/");

        assertThatThrownBy(() -> EngineSettings.read(wrong, folder))
                .hasMessageStartingWith("The configuration docker.engine has 6 mistakes: ")
                .hasMessageContaining("socket is 'tcp://10.0.0.1:2375'")
                .hasMessageContaining("arrivals is 'sometimes'; use off, load, test, load-and-test.")
                .hasMessageContaining("'!x' is no glob")
                .hasMessageContaining("commands has 'no command'")
                .hasMessageContaining("memory-bytes is 1");
    }

    @Test
    void wordsOfTheConfigurationAreRead() {
        EngineSettings settings = EngineSettings.read(texts(true), folder);

        assertThat(settings.socket()).isEqualTo(folder.resolve("none.sock"));
        assertThat(settings.desk().arrivals()).isEqualTo(ArrivalMode.OFF);
        assertThat(ArrivalMode.parse("load-and-test")).isEqualTo(ArrivalMode.LOAD_AND_TEST);
    }
}
