package io.espalier.collector.discovery;

import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.Fingerprint;
import io.espalier.stream.id.StreamId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which stream reads, or has read, which file, so that a file under two names, or renamed, is never read twice.
 *
 * <p>Safe for use by many threads.
 */
public final class FileClaims {
    private final Map<FileIdentity, Claim> claims = new ConcurrentHashMap<>();

    /** A stream's hold on a file; the fingerprint guards against another file with the same inode. */
    public record Claim(StreamId stream, Fingerprint fingerprint) {}

    /** Notes that the stream reads the file. */
    public void claim(FileIdentity file, StreamId stream, Fingerprint fingerprint) {
        claims.put(file, new Claim(stream, fingerprint));
    }

    /** Forgets that the stream has read the file. */
    public void release(FileIdentity file, StreamId stream) {
        claims.computeIfPresent(file, (key, claim) -> claim.stream().equals(stream) ? null : claim);
    }

    public Optional<Claim> of(FileIdentity file) {
        return Optional.ofNullable(claims.get(file));
    }
}
