package io.espalier.relay.removal;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Manifests that images which stay lead to, and those that should have been read for it but could not. For one thread. */
final class NeededContent {
    private final RegistryClient registry;
    private final RepositoryName repository;
    private final Set<Digest> needed = new HashSet<>();
    private final Set<Digest> present = new HashSet<>();
    private final Set<Digest> absent = new HashSet<>();

    NeededContent(RegistryClient registry, RepositoryName repository) {
        this.registry = registry;
        this.repository = repository;
    }

    boolean contains(Digest digest) {
        return needed.contains(digest);
    }

    /** Adds what is known to be in the registry, with all that it leads to. */
    void add(Digest digest) throws RegistryException {
        present.add(digest);
        addArriving(digest);
    }

    /** Adds what may not be there yet, with all that it leads to. */
    void addArriving(Digest root) throws RegistryException {
        Deque<Digest> open = new ArrayDeque<>();
        open.add(root);
        while (!open.isEmpty()) {
            Digest digest = open.remove();
            if (!needed.add(digest)) {
                continue;
            }
            Optional<Manifest> found = registry.manifest(repository, digest);
            if (found.isEmpty()) {
                absent.add(digest);
            } else if (ManifestReader.read(found.get()) instanceof IndexManifest index) {
                index.manifests().forEach(child -> open(child, open));
            }
        }
    }

    /** Images of an index may be missing, as those of platforms that nobody wants; an index in it hides what it names. */
    private void open(Descriptor child, Deque<Digest> open) {
        if (MediaTypes.isIndex(child.mediaType())) {
            present.add(child.digest());
        }
        open.add(child.digest());
    }

    /** One that must be there but the registry did not give it, so that what it leads to is not known. */
    Optional<Digest> unread() {
        return present.stream().filter(absent::contains).sorted().findFirst();
    }
}
