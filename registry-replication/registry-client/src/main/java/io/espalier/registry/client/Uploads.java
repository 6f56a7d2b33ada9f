package io.espalier.registry.client;

import io.espalier.registry.auth.Access;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.http.Retries;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes and mounts blobs.
 *
 * <p>One PUT with a length is the fastest way into docker-registry 2.8.2, and no way can be resumed there within a chunk, so
 * an upload that breaks is cancelled and begins anew.
 */
final class Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
    private static final int SMALL = 64 * 1024;
    /** Smaller bodies than this are not tried: they would cost more than they bring. */
    private static final long SMALLEST_CHUNK = 1024 * 1024;

    private static final long LARGEST_CHUNK = 64 * SMALLEST_CHUNK;

    private final RegistryHttp http;
    private final Paths paths;
    /** The largest body that a proxy may let pass, as far as we were told. */
    private final AtomicLong largestBody = new AtomicLong(Long.MAX_VALUE);

    Uploads(RegistryHttp http, Paths paths) {
        this.http = http;
        this.paths = paths;
    }

    void put(RepositoryName repository, Digest digest, long size, BlobSource source) throws RegistryException {
        if (size < 0) {
            throw new IllegalArgumentException("The size of " + digest + " is " + size + "; it must not be negative.");
        }
        Retries retries = http.retries();
        while (true) {
            long limit = largestBody.get();
            try {
                attempt(new BlobUpload(http, repository, digest, retries), size, source, limit);
                return;
            } catch (RegistryException e) {
                if (e.status() != 413 || !shrink(Math.min(limit, size))) {
                    retries.again(e);
                }
            }
        }
    }

    boolean mount(RepositoryName repository, Digest digest, RepositoryName from) throws RegistryException {
        Call call = Call.of(
                "POST",
                paths.mount(repository, digest, from),
                Access.mount(repository, from),
                "mount the blob " + digest + " from " + from + " into " + repository);
        Answer answer;
        try {
            answer = http.exchange(call, SMALL, 201, 202);
        } catch (RegistryException e) {
            if (e.code() == ErrorCode.DENIED) {
                // Not allowed to read the other repository; pushing is still possible.
                return false;
            }
            throw e;
        }
        if (answer.status() == 201) {
            return true;
        }
        // An upload was opened instead, which nobody wants.
        new UploadSession(http, repository, RegistryHttp.location(call, answer)).cancel();
        return false;
    }

    /** Returns whether a smaller body is worth a try. */
    private boolean shrink(long refused) {
        if (refused <= SMALLEST_CHUNK) {
            return false;
        }
        long next = Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, refused / 4));
        if (largestBody.accumulateAndGet(next, Math::min) == next) {
            LOG.info(
                    "A body of {} bytes is too large on the way to the registry; from now on chunks of {} bytes",
                    refused,
                    next);
        }
        return true;
    }

    private void attempt(BlobUpload upload, long size, BlobSource source, long limit) throws RegistryException {
        Call call = Call.of(
                        "POST",
                        paths.uploads(upload.repository()),
                        Access.push(upload.repository()),
                        "begin to push the blob " + upload.repository() + "@" + upload.digest())
                .sending(new byte[0]);
        Answer begun = http.exchangeOnce(call, SMALL, upload.retries(), 202);
        UploadSession session = new UploadSession(http, upload.repository(), RegistryHttp.location(call, begun));
        try (InputStream stream = source.open()) {
            CheckedBody body = new CheckedBody(stream, upload.digest(), size);
            if (size > limit) {
                upload.inChunks(session, body, limit, begun.header("OCI-Chunk-Min-Length"));
            } else {
                upload.whole(session.place(), body);
            }
        } catch (RegistryException e) {
            if (e.status() == 0) {
                session.cancelBroken();
            } else {
                session.cancel();
            }
            throw lostSession(e);
        } catch (IOException e) {
            session.cancelBroken();
            throw RegistryException.lasting(
                    ErrorCode.SOURCE_FAILED,
                    "The bytes of the blob " + upload.digest() + " could not be opened or closed: " + e.getMessage()
                            + ".",
                    e);
        }
    }

    /** A session that the registry lost, by a restart, is a reason to begin anew. */
    private static RegistryException lostSession(RegistryException e) {
        boolean lost = e.status() == 404 || e.status() == 416;
        return lost ? RegistryException.answered(e.code(), true, e.status(), e.getMessage() + "") : e;
    }
}
