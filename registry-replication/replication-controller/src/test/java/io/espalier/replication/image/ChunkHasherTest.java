package io.espalier.replication.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.replication.image.ImageClosure.BlobRef;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.registry.SampleBlob;
import java.io.ByteArrayOutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hashes of blobs in a real docker-registry. */
@RequiresProgram("docker-registry")
class ChunkHasherTest {
    private static final int CHUNK = 64 << 10;

    @TempDir
    private Path folder;

    private RegistryServer server;
    private RegistryClient registry;

    @BeforeEach
    void start() throws Exception {
        server = RegistryServer.in(folder.resolve("registry")).start();
        registry = RegistryClient.of(RegistryEndpoint.allowingPlainHttp(server.uri()));
    }

    @AfterEach
    void stop() {
        registry.close();
        server.close();
    }

    private SampleBlob push(long seed, long bytes) {
        SampleBlob blob = SampleBlob.random("application/octet-stream", seed, bytes);
        ImagePusher.to(server.uri()).pushBlob(blob, "hash/me");
        return blob;
    }

    private ChunkHasher hasher(long maxBytes) throws Exception {
        return new ChunkHasher(registry, folder.resolve("hashes"), maxBytes);
    }

    private static BlobRef ref(SampleBlob blob) {
        return new BlobRef(blob.digest(), blob.size());
    }

    private static byte[] expected(SampleBlob blob) throws Exception {
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        byte[] bytes = blob.bytes();
        for (int at = 0; at < bytes.length; at += CHUNK) {
            byte[] chunk = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + CHUNK));
            hashes.writeBytes(MessageDigest.getInstance("SHA-256").digest(chunk));
        }
        return hashes.toByteArray();
    }

    private static byte[] hashes(HashSource hasher, SampleBlob blob) throws ImageException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        hasher.hash("hash/me", ref(blob), CHUNK, (first, sha256) -> {
            assertThat(first).isEqualTo(all.size() / 32);
            assertThat(sha256.length).isLessThanOrEqualTo(256 * 32);
            all.writeBytes(sha256);
            return true;
        });
        return all.toByteArray();
    }

    @Test
    void givesTheHashOfEveryChunkInBatches() throws Exception {
        SampleBlob blob = push(1, 600L * CHUNK + 17);

        assertThat(hashes(hasher(1 << 20), blob)).isEqualTo(expected(blob));
    }

    @Test
    void firstHashesComeBeforeTheBlobIsRead() throws Exception {
        SampleBlob blob = push(2, 300L * CHUNK);
        ChunkHasher hasher = hasher(1 << 20);
        List<Integer> firsts = new ArrayList<>();
        hasher.hash("hash/me", ref(blob), CHUNK, (first, sha256) -> {
            firsts.add(first);
            return firsts.size() < 2;
        });

        assertThat(firsts).containsExactly(0, 4);
        assertThat(hasher.bytesRead()).isLessThan(20L * CHUNK);
    }

    @Test
    void readsABlobOnceAlsoAfterARestart() throws Exception {
        SampleBlob blob = push(3, 10L * CHUNK + 1);
        ChunkHasher first = hasher(1 << 20);
        hashes(first, blob);
        ChunkHasher second = hasher(1 << 20);

        assertThat(hashes(second, blob)).isEqualTo(expected(blob));
        assertThat(second.bytesRead()).isZero();
    }

    @Test
    void hashesUsedLongestAgoAreForgottenFirst() throws Exception {
        SampleBlob one = push(4, 20L * CHUNK);
        SampleBlob two = push(5, 20L * CHUNK);
        ChunkHasher hasher = hasher(20 * 32);
        hashes(hasher, one);
        hashes(hasher, two);
        long read = hasher.bytesRead();
        hashes(hasher, two);
        assertThat(hasher.bytesRead()).isEqualTo(read);
        hashes(hasher, one);
        assertThat(hasher.bytesRead()).isEqualTo(read + one.size());
    }

    @Test
    void blobOfZeroBytesHasNoHashes() throws Exception {
        SampleBlob empty = SampleBlob.of("application/octet-stream", new byte[0]);
        ImagePusher.to(server.uri()).pushBlob(empty, "hash/me");

        assertThat(hashes(hasher(1 << 20), empty)).isEmpty();
    }

    @Test
    void blobWithOtherBytesThanItsDigestIsRefusedAndNotKept() throws Exception {
        SampleBlob blob = push(6, 10L * CHUNK);
        flipABit(blob);
        ChunkHasher hasher = hasher(1 << 20);

        assertThatThrownBy(() -> hashes(hasher, blob))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.code()).isEqualTo(ImageException.Code.REFUSED))
                .hasMessageContaining(blob.digest());
        try (Stream<Path> files = Files.list(folder.resolve("hashes"))) {
            assertThat(files).isEmpty();
        }
    }

    private void flipABit(SampleBlob blob) throws Exception {
        try (Stream<Path> files = Files.walk(server.storage())) {
            Path data = files.filter(file -> file.endsWith(Path.of(blob.hex(), "data")))
                    .findFirst()
                    .orElseThrow();
            try (RandomAccessFile file = new RandomAccessFile(data.toFile(), "rw")) {
                file.seek(CHUNK + 5L);
                int old = file.read();
                file.seek(CHUNK + 5L);
                file.write(old ^ 1);
            }
        }
    }

    @Test
    void missingBlobIsReportedAsUnreadable() throws Exception {
        ChunkHasher hasher = hasher(1 << 20);
        SampleBlob absent = SampleBlob.random("application/octet-stream", 7, 100);

        assertThatThrownBy(() -> hashes(hasher, absent))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(absent.digest());
    }
}
