package io.espalier.relay.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.client.ThrowAway;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.IndexManifest;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.content.ManifestView;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what of an image may go in a registry. Whatever another tag of the repository points at, names in its index, or is signed by,
 * stays; so does a tag that points elsewhere by now. For one removal and one thread.
 */
final class RemovalPlanner {
    /** Above this nobody can be sure in reasonable time what another tag needs. */
    private static final int MOST_TAGS = 10_000;

    private final RegistryClient registry;
    private final RepositoryName repository;
    private final Map<TagName, Digest> going = new LinkedHashMap<>();
    private final Map<TagName, Digest> staying = new LinkedHashMap<>();
    private final List<String> kept = new ArrayList<>();

    RemovalPlanner(RegistryClient registry, RepositoryName repository) {
        this.registry = requireNonNull(registry, "registry is null");
        this.repository = requireNonNull(repository, "repository is null");
    }

    /**
     * Looks at everything; changes nothing.
     *
     * @param tags that are to go, with the digest that each must still have; unless the last one goes, nothing does
     * @param manifests that are to go too
     * @param needed digests that something on its way to this registry needs
     */
    RemovalPlan plan(Map<TagName, Digest> tags, List<Digest> manifests, Set<Digest> needed) throws RegistryException {
        boolean own = false;
        for (Map.Entry<TagName, Digest> tag : tags.entrySet()) {
            own = take(tag.getKey(), tag.getValue());
        }
        if (!own) {
            return RemovalPlan.nothing(kept);
        }
        List<TagName> all = registry.tags(repository);
        if (all.size() > MOST_TAGS) {
            kept.add(repository + " has more than " + MOST_TAGS
                    + " tags, too many to prove that none of them needs what would go.");
            return RemovalPlan.nothing(kept);
        }
        for (TagName tag : all) {
            if (!going.containsKey(tag)) {
                registry.digestOf(repository, tag).ifPresent(digest -> staying.put(tag, digest));
            }
        }
        Map<TagName, Digest> sharing = new LinkedHashMap<>(staying);
        sharing.values().retainAll(going.values());
        return new RemovalPlan(going, spare(manifests, needed), sharing, kept);
    }

    /** A tag goes if it is as expected, or left over from a removal that was cut off. */
    private boolean take(TagName tag, Digest expected) throws RegistryException {
        Optional<Digest> now = registry.digestOf(repository, tag);
        if (now.isEmpty()) {
            return false;
        }
        if (now.get().equals(expected) || isLeftOver(now.get())) {
            going.put(tag, now.get());
            return true;
        }
        kept.add("Tag " + tag + " points at " + now.get() + " here and not at " + expected + ", so it stays.");
        return false;
    }

    private boolean isLeftOver(Digest digest) throws RegistryException {
        return registry.manifest(repository, digest).filter(ThrowAway::is).isPresent();
    }

    /** Those of the manifests that nothing needs. */
    private List<Digest> spare(List<Digest> manifests, Set<Digest> needed) throws RegistryException {
        if (manifests.isEmpty()) {
            return List.of();
        }
        Set<Digest> used = withChildren(needed);
        List<Digest> spare = new ArrayList<>();
        for (Digest digest : manifests) {
            Optional<Manifest> found = registry.manifest(repository, digest);
            if (found.isEmpty()) {
                continue;
            }
            if (used.contains(digest)) {
                kept.add("Manifest " + digest + " stays: " + reason(digest) + ".");
            } else if (subject(found.get()).filter(used::contains).isPresent()) {
                kept.add("Manifest " + digest + " stays: it belongs to an image that stays.");
            } else {
                spare.add(digest);
            }
        }
        return spare;
    }

    private String reason(Digest digest) {
        List<String> names = staying.entrySet().stream()
                .filter(tag -> tag.getValue().equals(digest))
                .map(tag -> tag.getKey().value())
                .toList();
        return names.isEmpty()
                ? "an image that stays, or that arrives now, needs it"
                : "tag " + String.join(", ", names)
                        + " points at it too, and a registry deletes all tags of a manifest";
    }

    /** All that the tags that stay lead to. */
    private Set<Digest> withChildren(Set<Digest> needed) throws RegistryException {
        Set<Digest> used = new HashSet<>();
        Deque<Digest> open = new ArrayDeque<>(staying.values());
        open.addAll(needed);
        while (!open.isEmpty()) {
            Digest digest = open.remove();
            if (used.add(digest)) {
                Optional<Manifest> found = registry.manifest(repository, digest);
                if (found.isPresent() && ManifestReader.read(found.get()) instanceof IndexManifest index) {
                    index.manifests().stream().map(Descriptor::digest).forEach(open::add);
                }
            }
        }
        return used;
    }

    private static Optional<Digest> subject(Manifest manifest) throws RegistryException {
        ManifestView view = ManifestReader.read(manifest);
        return view.subject().map(Descriptor::digest);
    }
}
