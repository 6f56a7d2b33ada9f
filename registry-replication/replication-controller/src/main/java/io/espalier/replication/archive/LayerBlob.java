package io.espalier.replication.archive;

import io.espalier.registry.name.Digest;
import io.espalier.replication.archive.ArchivedImage.Blob;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A layer of docker-save as the blob that is pushed: compressed, and checked against the configuration's digest of the plain tar. */
final class LayerBlob {
    private static final int BUFFER = 64 << 10;

    private LayerBlob() {}

    static Blob of(TarFile tar, String member, Digest plain, Path temporary) throws IOException {
        boolean gzip = isGzip(tar, member);
        Digest.Hasher plainHash = plain.newHasher();
        if (gzip) {
            try (InputStream in = new GZIPInputStream(tar.open(member), BUFFER)) {
                hash(in, plainHash, OutputStream.nullOutputStream());
            }
            check(member, plain, plainHash);
            Digest.Hasher hash = Digest.Algorithm.SHA256.newHasher();
            hash(tar.open(member), hash, OutputStream.nullOutputStream());
            return new Blob(hash.digest(), tar.size(member), () -> tar.open(member));
        }
        Path file = Files.createTempFile(temporary, "layer-", ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file), BUFFER)) {
            hash(tar.open(member), plainHash, out);
        }
        check(member, plain, plainHash);
        Digest.Hasher hash = Digest.Algorithm.SHA256.newHasher();
        try (InputStream in = Files.newInputStream(file)) {
            hash(in, hash, OutputStream.nullOutputStream());
        }
        return new Blob(
                hash.digest(), Files.size(file), () -> new BufferedInputStream(Files.newInputStream(file), BUFFER));
    }

    private static boolean isGzip(TarFile tar, String member) throws IOException {
        try (InputStream in = tar.open(member)) {
            return TarFile.isGzip(in.readNBytes(2));
        }
    }

    private static void hash(InputStream in, Digest.Hasher hash, OutputStream out) throws IOException {
        byte[] block = new byte[BUFFER];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            hash.update(block, 0, n);
            out.write(block, 0, n);
        }
    }

    private static void check(String member, Digest wanted, Digest.Hasher hash) throws IOException {
        Digest found = hash.digest();
        if (!found.equals(wanted)) {
            throw new IOException("is damaged: the layer " + member + " has the digest " + found
                    + " where its configuration says " + wanted);
        }
    }
}
