package io.espalier.registry.client;

import io.espalier.registry.auth.Access;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.BodyReader;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.http.Retries;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt to send a blob into an upload that was begun. */
record BlobUpload(RegistryHttp http, RepositoryName repository, Digest digest, Retries retries) {
    private static final int SMALL = 64 * 1024;
    private static final String BYTES = "application/octet-stream";

    void whole(URI session, CheckedBody body) throws RegistryException {
        Call call = call("PUT", Paths.finishing(session, digest));
        if (body.size() == 0) {
            body.checkEmpty();
            finish(session);
        } else {
            body.reuse(isPlain(session));
            http.upload(call, body, retries, 200, 201, 204);
        }
    }

    /** Each chunk goes to where the answer to the last one said; the last bytes are held back until all are right. */
    void inChunks(UploadSession session, CheckedBody body, long chunk, Optional<String> least)
            throws RegistryException {
        long wanted = Math.max(
                chunk, least.map(Blobs::number).flatMap(BlobUpload::boxed).orElse(0L));
        for (long sent = 0; sent < body.size(); ) {
            long length = Math.min(wanted, body.size() - sent);
            Call call = call("PATCH", session.place()).with("Content-Range", sent + "-" + (sent + length - 1));
            body.reuse(isPlain(session.place()));
            // 201 is what Amazon's registry answers.
            Answer answer = http.upload(call, new Chunk(body, length), retries, 201, 202);
            session.moved(RegistryHttp.location(call, answer));
            sent += length;
        }
        finish(session.place());
    }

    private void finish(URI session) throws RegistryException {
        Call call = call("PUT", Paths.finishing(session, digest))
                .sending(new byte[0])
                .within(http.timeouts().commit());
        http.exchangeOnce(call, SMALL, retries, 200, 201, 204);
    }

    private Call call(String method, URI place) {
        return Call.of(method, place, Access.push(repository), "push the blob " + repository + "@" + digest)
                .with("Content-Type", BYTES);
    }

    private static boolean isPlain(URI place) {
        return "http".equalsIgnoreCase(place.getScheme());
    }

    private static Optional<Long> boxed(java.util.OptionalLong number) {
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    /** A part of a body. */
    private static final class Chunk implements BodyReader {
        private final CheckedBody body;
        private final long size;
        private long given;

        Chunk(CheckedBody body, long size) {
            this.body = body;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public @Nullable ByteBuffer next() throws RegistryException {
            if (given == size) {
                return null;
            }
            ByteBuffer piece = body.next(size - given);
            given += piece == null ? 0 : piece.remaining();
            return piece;
        }
    }
}
