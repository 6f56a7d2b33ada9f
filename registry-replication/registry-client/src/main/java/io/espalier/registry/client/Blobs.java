package io.espalier.registry.client;

import io.espalier.registry.auth.Access;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.http.Retries;
import io.espalier.registry.http.StreamedAnswer;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** Looks for blobs and reads them. */
final class Blobs {
    private static final int SMALL = 64 * 1024;
    private static final int RANGE_REFUSED = 416;

    private final RegistryHttp http;
    private final Paths paths;

    Blobs(RegistryHttp http, Paths paths) {
        this.http = http;
        this.paths = paths;
    }

    BlobPresence presence(RepositoryName repository, Digest digest, long size) throws RegistryException {
        Call head = call("HEAD", repository, digest, "look up");
        Answer answer = http.exchange(head, SMALL, 200, 404);
        if (answer.status() == 404) {
            return BlobPresence.ABSENT;
        }
        OptionalLong length = number(answer.header("Content-Length").orElse(""));
        if (length.isPresent() && length.getAsLong() != size) {
            return BlobPresence.CLAIMED_BUT_BROKEN;
        }
        return prove(repository, digest, size);
    }

    /** Reads the last byte; a body that ends too early is asked for once more, since the line may have broken. */
    private BlobPresence prove(RepositoryName repository, Digest digest, long size) throws RegistryException {
        Call get = call("GET", repository, digest, "read the last byte of");
        if (size > 0) {
            get = get.with("Range", "bytes=" + (size - 1) + "-" + (size - 1));
        }
        Retries retries = http.retries();
        int broken = 0;
        while (true) {
            try (StreamedAnswer answer = http.open(get, retries, 200, 206, 404, RANGE_REFUSED)) {
                if (delivers(answer, size)) {
                    return BlobPresence.PROVED;
                }
                return BlobPresence.CLAIMED_BUT_BROKEN;
            } catch (IOException e) {
                if (++broken == 2) {
                    return BlobPresence.CLAIMED_BUT_BROKEN;
                }
            } catch (RegistryException e) {
                retries.again(e);
            }
        }
    }

    private static boolean delivers(StreamedAnswer answer, long size) throws IOException {
        if (answer.status() == 206) {
            ContentRange range = ContentRange.of(answer.header("Content-Range").orElse(""));
            return range.matches(size - 1, size) && answer.body().readNBytes(2).length == 1;
        }
        // 200: the range was not understood, and all is sent.
        return answer.status() == 200 && answer.body().transferTo(java.io.OutputStream.nullOutputStream()) == size;
    }

    InputStream open(RepositoryName repository, Digest digest, long from, long to) throws RegistryException {
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    "The range " + from + " to " + to + " of " + digest + " is none; it goes up from 0.");
        }
        RangeStream stream = new RangeStream(http, call("GET", repository, digest, "read"), digest, from, to);
        stream.connect();
        return stream;
    }

    private Call call(String method, RepositoryName repository, Digest digest, String verb) {
        return Call.of(
                method,
                paths.blob(repository, digest),
                Access.pull(repository),
                verb + " the blob " + repository + "@" + digest);
    }

    static OptionalLong number(String text) {
        return text.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    static RegistryException range(String message) {
        return RegistryException.lasting(ErrorCode.PROTOCOL, message);
    }
}
