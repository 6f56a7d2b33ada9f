package io.espalier.embedded.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.files.DurableFiles;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each repository shows, a small file for each thing: {@code _blobs/sha256-HEX} (empty), {@code _manifests/sha256-HEX} (its
 * media type) and {@code _tags/TAG} (a digest). One file changes at a time, and is on disk when a method returns, so that a crash
 * leaves either the old or the new state. One writer at a time.
 */
public final class RepositoryFiles {
    private static final String BLOBS = "_blobs";
    private static final String MANIFESTS = "_manifests";
    private static final String TAGS = "_tags";
    private static final int MOST_DEPTH = 128;
    private static final int MOST_BYTES = 1024;
    private static final Logger LOG = LoggerFactory.getLogger(RepositoryFiles.class);

    private final LayoutFolder folder;

    public RepositoryFiles(LayoutFolder folder) {
        this.folder = requireNonNull(folder, "folder is null");
    }

    /** A manifest that a repository shows, since when. */
    public record ManifestLink(String mediaType, Instant since) {}

    /** All that a repository shows. */
    public record Content(Set<Digest> blobs, Map<Digest, ManifestLink> manifests, Map<TagName, Digest> tags) {}

    public void showBlob(RepositoryName repository, Digest digest) throws RegistryException {
        write(file(repository, BLOBS, digest), "");
    }

    public void hideBlob(RepositoryName repository, Digest digest) throws RegistryException {
        delete(file(repository, BLOBS, digest));
    }

    public void showManifest(RepositoryName repository, Digest digest, String mediaType) throws RegistryException {
        write(file(repository, MANIFESTS, digest), mediaType);
    }

    public void hideManifest(RepositoryName repository, Digest digest) throws RegistryException {
        delete(file(repository, MANIFESTS, digest));
    }

    public void tag(RepositoryName repository, TagName tag, Digest digest) throws RegistryException {
        write(file(repository, tag), digest.toString());
    }

    public void untag(RepositoryName repository, TagName tag) throws RegistryException {
        delete(file(repository, tag));
    }

    private Path file(RepositoryName repository, String kind, Digest digest) {
        return folder.repository(repository)
                .resolve(kind)
                .resolve(digest.algorithm().label() + "-" + digest.hex());
    }

    private Path file(RepositoryName repository, TagName tag) {
        return folder.repository(repository).resolve(TAGS).resolve(tag.value());
    }

    private static void write(Path file, String content) throws RegistryException {
        try {
            DurableFiles.replace(file, content.getBytes(UTF_8));
        } catch (IOException e) {
            throw DiskFaults.of("write " + file, e);
        }
    }

    private static void delete(Path file) throws RegistryException {
        try {
            if (Files.deleteIfExists(file)) {
                DurableFiles.forceFolder(requireNonNull(file.getParent(), "file has no folder"));
            }
        } catch (IOException e) {
            throw DiskFaults.of("delete " + file, e);
        }
    }

    /** Reads all repositories; what is none of this store's files is logged and left alone. */
    public Map<RepositoryName, Content> load() throws RegistryException {
        Map<RepositoryName, Content> found = new LinkedHashMap<>();
        try {
            load(folder.repositories(), 0, found);
        } catch (IOException e) {
            throw DiskFaults.of("read the repositories of " + folder.root(), e);
        }
        return found;
    }

    private void load(Path at, int depth, Map<RepositoryName, Content> found) throws IOException {
        List<Path> below = new ArrayList<>();
        boolean shows = false;
        for (Path path : list(at)) {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                LOG.warn("{} is no folder of a repository and is left alone.", path);
            } else if (path.getFileName().toString().startsWith("_")) {
                shows = true;
            } else {
                below.add(path);
            }
        }
        if (shows) {
            String name = folder.repositories().relativize(at).toString();
            try {
                found.put(RepositoryName.of(name), content(at));
            } catch (IllegalArgumentException e) {
                LOG.warn("{} is left alone: {}", at, e.getMessage());
            }
        }
        for (Path path : depth < MOST_DEPTH ? below : List.<Path>of()) {
            load(path, depth + 1, found);
        }
    }

    private static Content content(Path repository) throws IOException {
        Set<Digest> blobs = new LinkedHashSet<>();
        Map<Digest, ManifestLink> manifests = new LinkedHashMap<>();
        Map<TagName, Digest> tags = new LinkedHashMap<>();
        each(repository.resolve(BLOBS), file -> blobs.add(digest(file)));
        each(
                repository.resolve(MANIFESTS),
                file -> manifests.put(
                        digest(file),
                        new ManifestLink(
                                text(file), Files.getLastModifiedTime(file).toInstant())));
        each(
                repository.resolve(TAGS),
                file -> tags.put(TagName.of(file.getFileName().toString()), Digest.of(text(file))));
        return new Content(blobs, manifests, tags);
    }

    private interface Reading {
        void read(Path file) throws IOException;
    }

    private static void each(Path folder, Reading reading) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        DurableFiles.removeLeftovers(folder);
        for (Path file : list(folder)) {
            try {
                reading.read(file);
            } catch (IllegalArgumentException e) {
                LOG.warn("{} is left alone: {}", file, e.getMessage());
            }
        }
    }

    private static Digest digest(Path file) {
        return Digest.of(file.getFileName().toString().replaceFirst("-", ":"));
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IllegalArgumentException("it has more than " + MOST_BYTES + " bytes");
        }
        return Files.readString(file, UTF_8).strip();
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(paths::add);
        }
        return paths;
    }
}
