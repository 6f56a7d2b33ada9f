package io.espalier.kernel.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginId;
import io.espalier.kernel.plugin.PluginState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldTest {
    private final Path folder;
    private volatile String problem = "store.json has a typo.";

    HeldTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private SupervisorBench held() {
        var bench = new SupervisorBench(folder);
        bench.runtime.onStart("store", () -> {
            String wrong = problem;
            if (!wrong.isEmpty()) {
                throw new PluginException(PluginException.Code.MISCONFIGURED, wrong, null);
            }
        });
        look(bench);
        bench.install("store", "good");
        bench.awaitState("store", PluginState.Held.class);
        return bench;
    }

    private void look(SupervisorBench bench) {
        if (problem.isEmpty()) {
            bench.runtime.findsTheTruth("store");
        } else {
            bench.runtime.finds("store", new Diagnosis.Misconfigured(List.of(problem)));
        }
    }

    @Test
    void misconfiguredPluginIsHeldAndNeitherTriedAgainNorRemembered() throws Exception {
        try (var bench = held()) {
            bench.awaitState("good", PluginState.Active.class);
            bench.time.advance(Duration.ofMinutes(10));
            bench.change();
            bench.supervisor.restart(new PluginId("good"));
            bench.awaitJournal("start good", 2);

            assertThat(bench.runtime.count("start store")).isEqualTo(1);
            assertThat(bench.runtime.journal()).doesNotContain("stop store");
            assertThat(bench.view("store").reason()).isEqualTo("store.json has a typo.");
            assertThat(bench.explain("store"))
                    .contains("is held back")
                    .contains("store.json has a typo; it starts by itself");
            assertThat(folder.resolve("quarantine/store.properties")).doesNotExist();
        }
    }

    @Test
    void heldPluginTellsTheNewProblemAndStartsWhenThereIsNone() throws Exception {
        try (var bench = held()) {
            problem = "store.json has another typo.";
            look(bench);
            bench.change();
            await("the new sentence")
                    .atMost(SupervisorBench.DEADLINE)
                    .until(() -> bench.view("store").reason().contains("another"));

            problem = "";
            look(bench);
            bench.change();
            bench.awaitState("store", PluginState.Active.class);
            assertThat(bench.runtime.count("start store")).isEqualTo(2);
        }
    }

    @Test
    void restartOfAHeldPluginHoldsItAgain() throws Exception {
        try (var bench = held()) {
            bench.supervisor.restart(new PluginId("store"));
            bench.awaitJournal("start store", 2);
            bench.awaitState("store", PluginState.Held.class);
        }
    }
}
