package io.espalier.collector.discovery;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.TailedFile;
import io.espalier.collector.settings.SourceSpec;
import io.espalier.collector.settings.TailSettings;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Searches the file system and says which path feeds which stream. A file that is found under two names, or that another
 * stream reads already, is left out. Confined to one thread.
 */
public final class Discovery {
    private final List<FileSearch> searches;
    private final FileClaims claims;

    public Discovery(List<SourceSpec> specs, TailSettings settings, FileClaims claims) {
        this.searches = specs.stream()
                .map(spec -> new FileSearch(spec, settings.maxFiles()))
                .toList();
        this.claims = requireNonNull(claims, "claims is null");
    }

    /** Searches once; each path appears under one stream only. */
    public Map<StreamId, List<Path>> search() {
        Map<StreamId, List<Path>> found = new TreeMap<>();
        Set<FileIdentity> taken = new HashSet<>();
        for (FileSearch search : searches) {
            for (Path path : search.find()) {
                StreamId stream = search.spec().streamOf(path);
                if (belongs(path, stream, taken)) {
                    found.computeIfAbsent(stream, key -> new ArrayList<>()).add(path);
                }
            }
        }
        return found;
    }

    private boolean belongs(Path path, StreamId stream, Set<FileIdentity> taken) {
        try {
            FileIdentity identity = FileIdentity.of(path);
            return taken.add(identity) && !isRead(path, identity, stream);
        } catch (IOException e) {
            // Gone since it was found, or unreadable; the stream that tries to open it says so.
            return true;
        }
    }

    private boolean isRead(Path path, FileIdentity identity, StreamId stream) throws IOException {
        Optional<FileClaims.Claim> claim = claims.of(identity);
        return claim.isPresent()
                && !claim.get().stream().equals(stream)
                && TailedFile.isSame(path, claim.get().fingerprint());
    }
}
