package io.espalier.replication.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.registry.name.Digest;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.replication.image.HashSource;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageClosure.BlobRef;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A registry of images in memory, and hashes of their chunks; fails when told to. */
final class FakeImages implements ImageSource, HashSource {
    private final Map<ImageName, String> digests = new HashMap<>();
    private final Map<ImageName, List<BlobRef>> blobs = new HashMap<>();
    private final Map<ImageName, Map<String, String>> companions = new HashMap<>();
    private final Map<String, ImageException> broken = new HashMap<>();
    private final Map<String, RuntimeException> crashing = new HashMap<>();
    private final List<ImageName> resolved = new ArrayList<>();
    private @Nullable ImageException hashFailure;

    static String digest(String text) {
        return Digest.sha256(text.getBytes(UTF_8)).toString();
    }

    /** Points a tag at an image with one blob for each size. */
    synchronized String push(String image, String content, long... sizes) {
        ImageName name = ImageName.parse(image);
        String digest = digest(content);
        List<BlobRef> list = new ArrayList<>();
        for (long size : sizes) {
            list.add(new BlobRef(digest("blob " + size), size));
        }
        digests.put(name, digest);
        blobs.put(name, list);
        return digest;
    }

    synchronized void sign(String image, String content) {
        ImageName name = ImageName.parse(image);
        String tag = String.valueOf(digests.get(name)).replace(':', '-') + ".sig";
        companions.computeIfAbsent(name, known -> new HashMap<>()).put(tag, digest(content));
        push(name.repository() + ":" + tag, content, 10);
    }

    synchronized void fail(String repository, @Nullable ImageException failure) {
        if (failure == null) {
            broken.remove(repository);
        } else {
            broken.put(repository, failure);
        }
    }

    /** Reading the repository fails as nobody thought of. */
    synchronized void crash(String repository, @Nullable RuntimeException failure) {
        if (failure == null) {
            crashing.remove(repository);
        } else {
            crashing.put(repository, failure);
        }
    }

    synchronized void failHashes(@Nullable ImageException failure) {
        hashFailure = failure;
    }

    synchronized List<ImageName> resolved() {
        return List.copyOf(resolved);
    }

    private void check(ImageName name) throws ImageException {
        ImageException failure = broken.get(name.repository());
        if (failure != null) {
            throw failure;
        }
        RuntimeException crash = crashing.get(name.repository());
        if (crash != null) {
            throw crash;
        }
    }

    @Override
    public synchronized Optional<String> digest(ImageName name) throws ImageException {
        check(name);
        return Optional.ofNullable(digests.get(name));
    }

    @Override
    public synchronized boolean isGone(ImageName name) throws ImageException {
        check(name);
        return !digests.containsKey(name);
    }

    @Override
    public synchronized ImageClosure resolve(ImageName name) throws ImageException {
        check(name);
        resolved.add(name);
        String digest = digests.get(name);
        if (digest == null) {
            throw new ImageException(ImageException.Code.NOT_FOUND, "There is no " + name + ".", null);
        }
        return new ImageClosure(
                name,
                digest,
                blobs.getOrDefault(name, List.of()),
                List.of(new ManifestPart(digest, "application/vnd.oci.image.manifest.v1+json", new byte[] {1})),
                companions.getOrDefault(name, Map.of()),
                List.of());
    }

    @Override
    public Optional<String> subject(ImageName manifest) {
        return Optional.empty();
    }

    @Override
    public void hash(String repository, BlobRef blob, int chunkBytes, Sink sink) throws ImageException {
        synchronized (this) {
            if (hashFailure != null) {
                throw hashFailure;
            }
        }
        int chunks = (int) ((blob.size() + chunkBytes - 1) / chunkBytes);
        sink.hashes(0, new byte[32 * chunks]);
    }
}
