package io.espalier.replication.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.replication.database.ControllerDatabase;
import io.espalier.replication.store.TransferStore.NewTransfer;
import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.program.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MasterBackupTest {
    @TempDir
    private Path folder;

    private Path data;
    private MasterBackup backup;

    @BeforeEach
    void fill() throws IOException {
        data = folder.resolve("data");
        Path authority = Files.createDirectories(data.resolve("replication/authority"));
        Files.writeString(authority.resolve("ca.key"), "the key");
        Files.writeString(authority.resolve("ca.crt"), "x".repeat(1_000));
        Files.createDirectories(data.resolve("relay"));
        Files.writeString(data.resolve("relay/credentials.key"), "another key");
        Files.writeString(data.resolve("relay/else"), "no secret");
        backup = new MasterBackup(data, authority, Clock.systemUTC());
    }

    @Test
    @RequiresProgram("tar")
    void whatIsUnpackedIsTheDatabaseAndTheKeysReadableByTheUserAlone() throws Exception {
        Path file = folder.resolve("master.tar");
        try (ControllerDatabase database =
                ControllerDatabase.open(ControllerDatabase.fileUrl(data), Clock.systemUTC())) {
            database.transfers().change("app", "v1", "sha256:1", 7, Instant.EPOCH, at -> new NewTransfer("t1", "{}"));
            assertThat(backup.write(file, database::zip))
                    .isEqualTo("The database replication.mv.db and 3 files with keys are in " + file
                            + ", which is a secret.");
            database.transfers().change("app", "v1", "sha256:2", 7, Instant.EPOCH, at -> new NewTransfer("t2", "{}"));
        }
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var names = Files.list(folder)) {
            assertThat(names.map(name -> name.getFileName() + "")).containsExactlyInAnyOrder("data", "master.tar");
        }
        Path restored = unpack(file);

        try (ControllerDatabase database =
                ControllerDatabase.open(ControllerDatabase.fileUrl(restored), Clock.systemUTC())) {
            assertThat(database.transfers().image("app", "v1").orElseThrow().generation())
                    .isEqualTo(1);
        }
        Path key = restored.resolve("replication/authority/ca.key");
        assertThat(key).hasContent("the key");
        assertThat(Files.getPosixFilePermissions(key)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(restored.resolve("replication/authority/ca.crt")).hasContent("x".repeat(1_000));
        assertThat(restored.resolve("relay/credentials.key")).hasContent("another key");
        assertThat(restored.resolve("relay/else")).doesNotExist();
    }

    private Path unpack(Path file) throws IOException {
        Path restored = Files.createDirectories(folder.resolve("restored"));
        try (ChildProcess tar = ProcessPlan.command("tar", "xpf", file.toString(), "-C", restored.toString())
                .start()) {
            assertThat(tar.awaitExit(Duration.ofSeconds(20)))
                    .as(() -> tar.output().toString())
                    .isZero();
        }
        return restored;
    }

    @Test
    void saysThatADatabaseOnAServerIsNotInIt() throws Exception {
        assertThat(backup.write(folder.resolve("master.tar"), into -> false))
                .startsWith("3 files with keys are in ")
                .endsWith("dump it there too, with pg_dump or mariadb-dump.");
    }

    @Test
    void refusesAFileThatIsThere() throws Exception {
        Path file = Files.writeString(folder.resolve("master.tar"), "precious");

        assertThatThrownBy(() -> backup.write(file, into -> false)).hasMessageContaining("such a file already");
        assertThat(file).hasContent("precious");
    }

    @Test
    void leavesNothingWhenItFails() {
        Path file = folder.resolve("master.tar");

        assertThatThrownBy(() -> backup.write(file, into -> {
                    throw new IllegalStateException("The disk is full.");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("The disk is full.");
        assertThat(file).doesNotExist();
    }
}
