package io.espalier.replication.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.espalier.replication.store.StoreException;
import io.espalier.replication.store.TransferStore.TransferRow;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ControllerDatabaseTest {
    @TempDir
    private Path folder;

    @Test
    void keepsEveryCommittedChangeWhenTheProcessIsKilledWhileItWrites() throws Exception {
        try (ChildProcess writer = writer()) {
            writer.awaitLine("change 40", Duration.ofSeconds(30));
            writer.kill();
        }

        try (ControllerDatabase database = open()) {
            long last =
                    database.transfers().image("app", "latest").orElseThrow().generation();
            List<TransferRow> all = database.transfers().transfers(10_000);
            assertThat(all).hasSizeGreaterThanOrEqualTo(40);
            assertThat(all.get(0).digest()).isEqualTo("sha256:" + all.size());
            assertThat(database.transfers().current())
                    .extracting(TransferRow::generation)
                    .containsExactly(last);
        }
    }

    @Test
    void saysThatAnotherProcessHasTheFile() throws Exception {
        try (ChildProcess holder = writer()) {
            holder.awaitLine("change 1", Duration.ofSeconds(30));

            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageStartingWith("Tried to open the replication database jdbc:h2:file:" + folder)
                    .hasMessageContaining("another process has it open");
        }
    }

    @Test
    void saysThatTheFileIsDamaged() throws Exception {
        Files.writeString(folder.resolve("replication.mv.db"), "This is no database. ".repeat(1_000));

        assertThatThrownBy(this::open).isInstanceOf(StoreException.class).hasMessageContaining("the file is damaged");
    }

    @Test
    void saysWhatWasTriedWhenItIsClosed() {
        ControllerDatabase database = open();
        database.close();

        assertThatThrownBy(() -> database.nodes().nodes())
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("Tried to list the nodes but the replication database");
    }

    @Test
    void leavesNoThreadBehind() {
        try (ControllerDatabase database = open()) {
            assertThat(database.nodes().nodes()).isEmpty();
        }

        await("the database's threads end").atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("replication-database") || name.contains("MVStore")));
    }

    private ControllerDatabase open() {
        return ControllerDatabase.open(ControllerDatabase.fileUrl(folder), Clock.systemUTC());
    }

    private ChildProcess writer() throws Exception {
        return ProcessPlan.java(ChangeWriter.class, List.of("-XX:TieredStopAtLevel=1"), List.of(folder.toString()))
                .start();
    }
}
