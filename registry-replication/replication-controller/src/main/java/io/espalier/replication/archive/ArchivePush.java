package io.espalier.replication.archive;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.ManifestReference;
import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes images of tar files into the master's registry: {@code docker save} of any age or an OCI layout, plain or in gzip's
 * framing. Memory is bounded; what must be unpacked goes to disk. Thread-safe.
 */
public final class ArchivePush {
    private static final Logger LOG = LoggerFactory.getLogger(ArchivePush.class);

    private final RegistryClient registry;
    private final Path temporary;

    /**
     * Pushes into this registry.
     *
     * @param temporary a folder for what must be unpacked or compressed
     */
    public ArchivePush(RegistryClient registry, Path temporary) {
        this.registry = requireNonNull(registry, "registry is null");
        this.temporary = requireNonNull(temporary, "temporary is null");
    }

    /** What is done with an image while its archive is open. */
    @FunctionalInterface
    private interface Use<T> {
        T use(ArchivedImage image) throws RegistryException;
    }

    /**
     * Pushes one image, its tag last, so that it shows whole or not at all.
     *
     * @param name under which it is pushed; of an archive of several images it also chooses the one
     * @return its digest
     * @throws ImageException that names file and reason
     */
    public String push(Path file, ImageName name) throws ImageException {
        String digest = with(file, name, image -> push(image, name));
        LOG.info("Archive {} is pushed as {}, {}.", file, name, digest);
        return digest;
    }

    /**
     * What {@link #push} would push; pushes nothing.
     *
     * @throws ImageException that names file and reason
     */
    public ImageClosure look(Path file, ImageName name) throws ImageException {
        return with(file, name, image -> image.closure(name));
    }

    private <T> T with(Path file, ImageName name, Use<T> use) throws ImageException {
        if (name.byDigest()) {
            throw ImageException.refused(
                    "Tried to push " + file + " as " + name + "; give it a tag instead of a digest.");
        }
        try {
            Files.createDirectories(temporary);
            Path work = Files.createTempDirectory(temporary, "archive-");
            try (TarFile tar = TarFile.open(file, work)) {
                return use.use(read(tar, name, work));
            } finally {
                delete(work);
            }
        } catch (NoSuchFileException e) {
            throw ImageException.refused("Tried to read the archive " + file + " but there is no such file.");
        } catch (EOFException e) {
            throw refused(file, e.getMessage() == null ? "is cut off" : e.getMessage(), e);
        } catch (ZipException e) {
            throw refused(file, "is damaged: its gzip framing is wrong", e);
        } catch (IOException e) {
            throw refused(file, String.valueOf(e.getMessage()), e);
        } catch (RegistryException e) {
            throw ImageException.of(name, e);
        }
    }

    private static ImageException refused(Path file, String why, IOException cause) {
        String plain = why.startsWith("Unexpected end of ZLIB") ? "is cut off" : why;
        return new ImageException(
                ImageException.Code.REFUSED, "Tried to read the archive " + file + " but it " + plain + ".", cause);
    }

    private static ArchivedImage read(TarFile tar, ImageName name, Path work) throws IOException, RegistryException {
        if (OciLayout.isIn(tar)) {
            return OciLayout.read(tar, name);
        }
        if (DockerSave.isIn(tar)) {
            return DockerSave.read(tar, name, work);
        }
        throw new IOException("has neither a manifest.json as docker save writes it nor an OCI layout");
    }

    private String push(ArchivedImage image, ImageName name) throws RegistryException {
        for (ArchivedImage.Blob blob : image.blobs()) {
            BlobPresence there = registry.blob(name.inRegistry(), blob.digest(), blob.size());
            if (there != BlobPresence.PROVED || blob.size() == 0) {
                registry.putBlob(name.inRegistry(), blob.digest(), blob.size(), blob.source());
            }
        }
        for (Manifest manifest : image.manifests()) {
            registry.putManifest(name.inRegistry(), manifest.digest(), manifest);
        }
        registry.putManifest(name.inRegistry(), ManifestReference.of(name.reference()), image.own());
        return image.own().digest().toString();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
