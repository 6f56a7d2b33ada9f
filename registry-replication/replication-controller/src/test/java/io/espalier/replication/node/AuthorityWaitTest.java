package io.espalier.replication.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class AuthorityWaitTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private ControllerStart begin() throws ControllerException {
        return ControllerStart.begin(ControllerRig.settings(folder, "greedy", 0), Clock.systemUTC(), node -> {});
    }

    @Test
    void startsByItselfWhenTheKeyFileIsMended() throws Exception {
        begin().close();
        Path file = folder.resolve("replication/authority/authority.pem");
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, 100));
        try (ControllerStart start = begin()) {
            assertThat(start.waits().orElseThrow())
                    .startsWith("The controller waits for its certificate authority. ")
                    .contains("is damaged");
            assertThatThrownBy(start::node).hasMessageContaining("is damaged");

            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            Files.writeString(file, whole);
            await("the new sentence")
                    .atMost(SOON)
                    .until(() -> start.waits().orElse("").contains("can be read by others"));

            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            await("the controller").atMost(SOON).until(() -> start.waits().isEmpty());
            assertThat(start.node().port()).isPositive();
        }
    }

    @Test
    void makesNoNewAuthorityWhileTheDamagedOneIsMovedAwayToBeMended() throws Exception {
        begin().close();
        Path file = folder.resolve("replication/authority/authority.pem");
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, 100));
        try (ControllerStart start = begin()) {
            Files.move(file, file.resolveSibling("bad"));
            await("a look at the empty place").atMost(SOON).until(() -> start.waits()
                    .orElse("")
                    .contains("is gone; restore it from a copy. For a new one, with which every node has to join"
                            + " again, restart the plug-in."));
            assertThat(file).doesNotExist();

            Path copy = Files.writeString(file.resolveSibling("copy"), whole);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
            Files.move(copy, file);
            await("the controller").atMost(SOON).until(() -> start.waits().isEmpty());
            assertThat(file).hasContent(whole);
        }
    }

    @Test
    void makesTheFirstAuthorityAsSoonAsThatIsPossible() throws Exception {
        Path place = folder.resolve("replication/authority");
        Files.createDirectories(place.getParent());
        Files.createSymbolicLink(place, folder.resolve("a-disk-that-is-not-there-yet"));
        try (ControllerStart start = begin()) {
            assertThat(start.waits().orElseThrow()).contains("Tried to read or make the certificate authority");
            Files.delete(place);
            await("the controller").atMost(SOON).until(() -> start.waits().isEmpty());
            assertThat(place.resolve("authority.pem")).exists();
        }
    }
}
