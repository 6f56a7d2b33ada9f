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
import java.net.URI;
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
    private static final String BYTES = "application/octet-stream";

    private final RegistryHttp http;
    private final Paths paths;

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
            try {
                attempt(repository, digest, size, source, retries);
                return;
            } catch (RegistryException e) {
                if (source instanceof OneTimeSource) {
                    throw e;
                }
                retries.again(e);
            }
        }
    }

    boolean mount(RepositoryName repository, Digest digest, RepositoryName from) throws RegistryException {
        Call call = Call.of(
                "POST",
                paths.mount(repository, digest, from),
                Access.mount(repository, from),
                "mount the blob " + digest + " from " + from + " into " + repository);
        Answer answer = http.exchange(call, SMALL, 201, 202);
        if (answer.status() == 201) {
            return true;
        }
        // An upload was opened instead, which nobody wants.
        cancel(repository, RegistryHttp.location(call, answer));
        return false;
    }

    private void attempt(RepositoryName repository, Digest digest, long size, BlobSource source, Retries retries)
            throws RegistryException {
        try (InputStream stream = source.open()) {
            CheckedBody body = new CheckedBody(stream, digest, size);
            if (size == 0) {
                body.checkEmpty();
            }
            URI session = begin(repository, digest);
            try {
                send(repository, digest, session, body, retries);
            } catch (RegistryException e) {
                cancel(repository, session);
                throw lostSession(e);
            }
        } catch (IOException e) {
            throw RegistryException.lasting(
                    ErrorCode.SOURCE_FAILED,
                    "The bytes of the blob " + digest + " could not be opened or closed: " + e.getMessage() + ".",
                    e);
        }
    }

    private URI begin(RepositoryName repository, Digest digest) throws RegistryException {
        Call call = Call.of(
                "POST",
                paths.uploads(repository),
                Access.push(repository),
                "begin to push the blob " + repository + "@" + digest);
        return RegistryHttp.location(call, http.exchange(call.sending(new byte[0]), SMALL, 202));
    }

    private void send(RepositoryName repository, Digest digest, URI session, CheckedBody body, Retries retries)
            throws RegistryException {
        Call call = Call.of(
                        "PUT",
                        Paths.finishing(session, digest),
                        Access.push(repository),
                        "push the blob " + repository + "@" + digest)
                .with("Content-Type", BYTES);
        if (body.size() == 0) {
            http.exchangeOnce(call.sending(new byte[0]), SMALL, retries, 200, 201, 204);
        } else {
            http.upload(call, body, retries, 200, 201, 204);
        }
    }

    /** A session that the registry lost, by a restart, is a reason to begin anew. */
    private static RegistryException lostSession(RegistryException e) {
        boolean lost = e.status() == 404 || e.status() == 416;
        return lost ? RegistryException.answered(e.code(), true, e.status(), e.getMessage() + "") : e;
    }

    /** Leaves nothing behind where the registry lets us; it clears old uploads itself too. */
    private void cancel(RepositoryName repository, URI session) {
        Call call = Call.of("DELETE", session, Access.delete(repository), "cancel an upload to " + repository);
        boolean interrupted = Thread.interrupted();
        try {
            http.exchangeOnce(call, SMALL, http.retries(), 200, 202, 204, 404);
        } catch (RegistryException e) {
            LOG.debug("An upload to {} stays behind: {}", repository, e.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
