package io.espalier.replication.database;

import io.espalier.replication.store.TransferStore.NewTransfer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;

/** A program that stores change after change and prints how many it has committed, until it is killed. */
final class ChangeWriter {
    private ChangeWriter() {}

    public static void main(String[] args) throws Exception {
        try (ControllerDatabase database =
                ControllerDatabase.open(ControllerDatabase.fileUrl(Path.of(args[0])), Clock.systemUTC())) {
            for (int i = 1; i <= 5_000; i++) {
                boolean made = database.transfers()
                        .change("app", "latest", "sha256:" + i, 1, Instant.now(), at -> new NewTransfer("t" + at, "{}"))
                        .isPresent();
                System.out.println((made ? "change " : "no change ") + i);
            }
            Thread.currentThread().join();
        }
    }
}
