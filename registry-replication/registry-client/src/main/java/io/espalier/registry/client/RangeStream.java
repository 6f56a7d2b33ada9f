package io.espalier.registry.client;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.http.Retries;
import io.espalier.registry.http.StreamedAnswer;
import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/** A range of a blob over as many connections as it takes. For one thread. */
final class RangeStream extends InputStream {
    private final RegistryHttp http;
    private final Call call;
    private final Digest digest;
    private final long to;
    private final Retries retries;
    private long at;
    private @Nullable StreamedAnswer answer;
    private boolean closed;

    RangeStream(RegistryHttp http, Call call, Digest digest, long from, long to) {
        this.http = http;
        this.call = call;
        this.digest = digest;
        this.to = to;
        this.at = from;
        this.retries = http.retries();
    }

    /** Asks for what is left, again if need be. */
    void connect() throws RegistryException {
        while (at < to) {
            try {
                answer = ask();
                return;
            } catch (RegistryException e) {
                retries.again(e);
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("The blob's stream is closed.");
        }
        if (length == 0) {
            return 0;
        }
        while (at < to) {
            int count = tryRead(target, offset, (int) Math.min(length, to - at));
            if (count > 0) {
                at += count;
                retries.progressed();
                if (at == to) {
                    finish();
                }
                return count;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        closed = true;
        if (answer != null) {
            answer.close();
            answer = null;
        }
    }

    /** Returns 0 after a break, when another connection stands. */
    private int tryRead(byte[] target, int offset, int length) throws IOException {
        RegistryException broken;
        try {
            if (answer != null) {
                int count = answer.body().read(target, offset, length);
                if (count > 0) {
                    return count;
                }
            }
            broken = RegistryException.passing(
                    ErrorCode.UNREACHABLE, "The blob " + digest + " ended at byte " + at + " of " + to + ".");
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            broken = RegistryException.passing(
                    ErrorCode.UNREACHABLE,
                    "The blob " + digest + " broke off at byte " + at + " of " + to + ": " + e.getMessage() + ".",
                    e);
        }
        try {
            if (answer != null) {
                answer.close();
                answer = null;
            }
            retries.again(broken);
            connect();
            return 0;
        } catch (RegistryException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Lets the end of the body arrive, so that the connection can be used again. */
    private void finish() throws IOException {
        StreamedAnswer last = answer;
        answer = null;
        if (last != null) {
            try (last) {
                if (last.status() == 206 && last.body().read() >= 0) {
                    throw new IOException("The registry sent more of " + digest + " than was asked for.");
                }
            }
        }
    }

    private StreamedAnswer ask() throws RegistryException {
        StreamedAnswer got = http.open(call.with("Range", "bytes=" + at + "-" + (to - 1)), retries, 200, 206, 416);
        try {
            check(got);
            return got;
        } catch (RegistryException e) {
            got.close();
            throw e;
        }
    }

    private void check(StreamedAnswer got) throws RegistryException {
        if (got.status() == 416) {
            throw Blobs.range("The registry has no bytes " + at + " to " + to + " of " + digest + " (416).");
        }
        if (got.status() == 206) {
            ContentRange range = ContentRange.of(got.header("Content-Range").orElse(""));
            if (range.first() != at || range.last() > to - 1) {
                throw Blobs.range("The registry sent other bytes of " + digest + " than were asked for: "
                        + got.header("Content-Range").orElse("no Content-Range") + " instead of " + at + "-" + (to - 1)
                        + ".");
            }
            return;
        }
        // 200: from the start, whatever was asked for.
        try {
            got.body().skipNBytes(at);
        } catch (IOException e) {
            throw RegistryException.passing(
                    ErrorCode.UNREACHABLE, "The blob " + digest + " broke off before byte " + at + ".", e);
        }
    }
}
