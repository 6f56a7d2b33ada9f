package io.espalier.registry.client;

import static io.espalier.registry.client.Given.APP;
import static io.espalier.registry.client.Given.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.name.Digest;
import io.espalier.testkit.link.LinkEmulator;
import io.espalier.testkit.program.RequiresProgram;
import io.espalier.testkit.registry.SampleBlob;
import java.io.ByteArrayInputStream;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of a blob's bytes to a registry, which proves the digest itself. */
@Timeout(60)
@RequiresProgram("docker-registry")
class StreamedUploadTest extends RegistryRig {
    private static final long SLOW = 15L << 20;

    /** Reads unevenly, as a blob does that comes in chunks of its own size. */
    private static final class Uneven extends ByteArrayInputStream {
        private int reads;

        Uneven(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, ++reads % 5 * 30_011 + 1));
        }
    }

    private static final class Proved extends ByteArrayInputStream implements ProvedContent {
        Proved(byte[] bytes) {
            super(bytes);
        }
    }

    @Test
    void aSlowRegistryGetsTheRightBytes() throws Exception {
        SampleBlob blob = SampleBlob.random("application/octet-stream", 7, 30 << 20);
        try (LinkEmulator link = LinkEmulator.to(registry.port())) {
            link.toTarget().rate(SLOW);
            try (RegistryClient client = Given.client(URI.create("http://127.0.0.1:" + link.port()))) {
                client.putBlob(APP, Digest.of(blob.digest()), blob.size(), () -> new Uneven(blob.bytes()));
                assertThat(Given.presence(client, blob)).isEqualTo(BlobPresence.PROVED);
            }
        }
    }

    @Test
    void whatWasProvedIsLeftToTheRegistryToCompare() throws Exception {
        SampleBlob blob = SampleBlob.random("application/octet-stream", 8, 3 << 20);
        byte[] wrong = blob.bytes().clone();
        wrong[1 << 20] ^= 1;
        try (RegistryClient client = Given.client(registry.uri())) {
            assertThat(failure(
                            ErrorCode.DIGEST_MISMATCH,
                            () -> client.putBlob(APP, Digest.of(blob.digest()), blob.size(), () -> new Proved(wrong))))
                    .hasMessageContaining("400")
                    .hasMessageContaining("DIGEST_INVALID");
            assertThat(Given.presence(client, blob)).isEqualTo(BlobPresence.ABSENT);

            client.putBlob(APP, Digest.of(blob.digest()), blob.size(), () -> new Proved(blob.bytes()));
            assertThat(Given.presence(client, blob)).isEqualTo(BlobPresence.PROVED);
        }
    }
}
