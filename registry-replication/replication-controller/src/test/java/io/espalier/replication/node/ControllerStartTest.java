package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.replication.database.DatabaseAccess;
import io.espalier.testkit.database.DatabaseServer;
import io.espalier.testkit.database.PostgresServer;
import io.espalier.testkit.program.RequiresProgram;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@RequiresProgram(value = "postgres", debianPackage = "postgresql")
class ControllerStartTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private DatabaseServer postgres;
    private DatabaseAccess access;
    private final List<ControllerNode> started = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        postgres = PostgresServer.create();
        access = new DatabaseAccess(postgres.url(postgres.newDatabase()), postgres.user(), postgres.password());
    }

    @AfterEach
    void close() {
        postgres.close();
    }

    private ControllerStart begin(DatabaseAccess database) throws ControllerException {
        return ControllerStart.begin(
                ControllerRig.settings(folder, "greedy", 0, database), Clock.systemUTC(), started::add);
    }

    @Test
    void waitsForADatabaseThatIsAwayAndStartsByItself() throws Exception {
        postgres.stop();
        try (ControllerStart start = begin(access)) {
            assertThat(start.waits().orElseThrow())
                    .startsWith("The controller waits for its database. Tried to open the replication database")
                    .contains("the server does not answer")
                    .doesNotContain(postgres.password());
            assertThatThrownBy(start::node).isInstanceOf(IllegalStateException.class);
            postgres.start();

            await("the controller to start").atMost(SOON).until(() -> start.waits()
                    .isEmpty());
            assertThat(start.node().tokens().create(Duration.ofHours(1), 1)).isNotBlank();
            await("who waits to be told").atMost(SOON).until(() -> started.equals(List.of(start.node())));
        }
    }

    @Test
    void failsAtOnceWhenTheDatabaseRefuses() {
        DatabaseAccess wrong = new DatabaseAccess(access.url(), access.user(), "wrong");

        assertThatThrownBy(() -> begin(wrong).close())
                .isInstanceOf(ControllerException.class)
                .hasMessageContaining("does not let user 'espalier' in with this password");
    }

    @Test
    void stopsWhileItWaits() throws Exception {
        postgres.stop();
        ControllerStart start = begin(access);
        start.close();

        assertThat(started).isEmpty();
        List<String> threads = new ArrayList<>();
        Thread.getAllStackTraces().keySet().forEach(thread -> threads.add(thread.getName()));
        assertThat(threads).doesNotContain("replication-controller-start");
    }

    @Test
    void membersStayAndStateIsKeptWhileTheDatabaseIsAway() throws Exception {
        try (ControllerStart start = begin(access);
                LinkedNode node = LinkedNode.join(
                        start.node(), "a", io.espalier.replication.member.MeasuredWorld.workedExample(), folder)) {
            postgres.freeze();
            try {
                await("the health to say so")
                        .atMost(SOON)
                        .until(() -> start.node().problem().isPresent());
                assertThat(start.node().members().all()).allMatch(member -> member.connected());
                assertThatThrownBy(() -> start.node().tokens().create(Duration.ofHours(1), 1))
                        .hasMessageContaining("does not answer");
                assertThat(start.node().metrics().get()).contains("espalier_replication_database_up 0");
            } finally {
                postgres.thaw();
            }
            await("the health to be good again").atMost(SOON).until(() -> start.node()
                    .problem()
                    .filter(problem -> problem.contains("database jdbc"))
                    .isEmpty());
            assertThat(start.node().metrics().get()).contains("espalier_replication_database_up 1");
            assertThat(start.node().tokens().create(Duration.ofHours(1), 1)).isNotBlank();
            assertThat(node).isNotNull();
        }
    }
}
