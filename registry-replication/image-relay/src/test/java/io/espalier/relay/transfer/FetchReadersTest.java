package io.espalier.relay.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.relay.spool.Spool;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchReadersTest {
    private static final String BLOB = "sha256:" + "0b".repeat(32);

    @TempDir
    private Path folder;

    @Test
    void anUploadThatIsTriedForDaysLeavesNothingBehind() throws Exception {
        try (Spool spool = Spool.open(folder, 1 << 20)) {
            FetchReaders readers = new FetchReaders(spool.open(BLOB, 100_000, TestCluster.CHUNK));
            for (int i = 0; i < 1_000; i++) {
                try (FetchReaders.Upload upload = readers.upload();
                        InputStream first = upload.open();
                        InputStream second = upload.open()) {
                    assertThat(first).isNotSameAs(second);
                    assertThat(readers.streams()).isEqualTo(2);
                }
            }
            assertThat(readers.streams()).isZero();
        }
    }

    @Test
    void whoReadsHearsOfAFailureBeforeAndAfterIt() throws Exception {
        try (Spool spool = Spool.open(folder, 1 << 20)) {
            FetchReaders readers = new FetchReaders(spool.open(BLOB, 100_000, TestCluster.CHUNK));
            try (FetchReaders.Upload upload = readers.upload();
                    InputStream before = upload.open()) {
                readers.fail(new TransferProblem(Haste.SOON, "All sources are gone."));
                try (InputStream after = upload.open()) {
                    assertThatThrownBy(before::read).hasMessageContaining("All sources are gone");
                    assertThatThrownBy(after::read).hasMessageContaining("All sources are gone");
                }
            }
            assertThatThrownBy(readers::requireNoFailure).hasMessageContaining("All sources are gone");
        }
    }
}
