package io.espalier.relay.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.client.ThrowAway;
import io.espalier.registry.content.Descriptor;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.ManifestReader;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what of an image may go in a registry. Whatever another tag of the repository points at, names in its index, or is signed by,
 * stays, with its own signatures and referrers; so does a tag that points elsewhere by now. When the registry's answers do not fit
 * together nothing goes. For one removal and one thread.
 */
final class RemovalPlanner {
    /** Above this nobody can be sure in reasonable time what another tag needs. */
    private static final int MOST_TAGS = 10_000;

    private final RegistryClient registry;
    private final RepositoryName repository;
    private final Map<TagName, Digest> going = new LinkedHashMap<>();
    private final Map<TagName, Digest> staying = new LinkedHashMap<>();
    private final Set<TagName> leftOver = new HashSet<>();
    private final List<String> kept = new ArrayList<>();
    private final NeededContent used;

    RemovalPlanner(RegistryClient registry, RepositoryName repository) {
        this.registry = requireNonNull(registry, "registry is null");
        this.repository = requireNonNull(repository, "repository is null");
        this.used = new NeededContent(registry, repository);
    }

    /**
     * Looks at everything; changes nothing.
     *
     * @param tags that are to go, with the digest that each must still have; unless the last one goes, nothing does
     * @param manifests that are to go too
     * @param needed digests that something on its way to this registry needs
     */
    RemovalPlan plan(Map<TagName, Digest> tags, List<Digest> manifests, Set<Digest> needed) throws RegistryException {
        Optional<TagName> own = Optional.empty();
        for (Map.Entry<TagName, Digest> tag : tags.entrySet()) {
            own = take(tag.getKey(), tag.getValue()) ? Optional.of(tag.getKey()) : Optional.empty();
        }
        if (own.isEmpty()) {
            return RemovalPlan.nothing(kept);
        }
        boolean alone = manifests.isEmpty() && going.size() == 1;
        Optional<RemovalPlan> nothing = look(own.get(), alone);
        if (nothing.isPresent() || alone) {
            return nothing.orElseGet(() -> new RemovalPlan(going, List.of(), staying, kept));
        }
        Map<Digest, Manifest> found = new LinkedHashMap<>();
        for (Digest digest : manifests) {
            registry.manifest(repository, digest).ifPresent(manifest -> found.put(digest, manifest));
        }
        findNeeds(needed, own.get(), found);
        Optional<Digest> unread = used.unread();
        if (unread.isPresent()) {
            return doubt("An image that stays needs " + unread.get()
                    + ", but the registry does not give it, so what else is needed is not known; nothing goes.");
        }
        return new RemovalPlan(going, spare(found), staying, kept);
    }

    private RemovalPlan doubt(String why) {
        kept.add(why);
        return RemovalPlan.doubtful(kept);
    }

    /** A tag goes if it is as expected, or left over from a removal that was cut off. */
    private boolean take(TagName tag, Digest expected) throws RegistryException {
        Optional<Digest> now = registry.digestOf(repository, tag);
        if (now.isEmpty()) {
            return false;
        }
        boolean asExpected = now.get().equals(expected);
        if (asExpected || isLeftOver(now.get())) {
            if (!asExpected) {
                leftOver.add(tag);
            }
            going.put(tag, now.get());
            return true;
        }
        kept.add("Tag " + tag + " points at " + now.get() + " here and not at " + expected + ", so it stays.");
        return false;
    }

    private boolean isLeftOver(Digest digest) throws RegistryException {
        return registry.manifest(repository, digest).filter(ThrowAway::is).isPresent();
    }

    /**
     * Finds what the tags that stay point at.
     *
     * @param alone whether nothing goes but the own tag, so that a tag which cannot be read loses nothing
     * @return that nothing goes, when the registry's answers are not to be trusted
     */
    private Optional<RemovalPlan> look(TagName own, boolean alone) throws RegistryException {
        List<TagName> all = registry.tags(repository);
        if (all.size() > MOST_TAGS) {
            kept.add(repository + " has more than " + MOST_TAGS
                    + " tags, too many to prove that none of them needs what would go.");
            return Optional.of(RemovalPlan.nothing(kept));
        }
        if (!all.contains(own)) {
            return Optional.of(doubt("The list of tags does not name " + own
                    + ", which is there, so nobody knows what else it lacks; nothing goes."));
        }
        List<TagName> unread = unread(all);
        if (!unread.isEmpty()) {
            // One may have been deleted since the list was made.
            unread.retainAll(Set.copyOf(registry.tags(repository)));
            unread = unread(unread);
        }
        return unread.isEmpty() || alone
                ? Optional.empty()
                : Optional.of(doubt("Tag " + unread.get(0)
                        + " is listed but cannot be read, so what it needs is not known; nothing goes."));
    }

    /** Reads these tags, but those that go; answers those that could not be read. */
    private List<TagName> unread(List<TagName> tags) throws RegistryException {
        List<TagName> unread = new ArrayList<>();
        for (TagName tag : tags) {
            if (!going.containsKey(tag)) {
                Optional<Digest> digest = registry.digestOf(repository, tag);
                digest.ifPresent(now -> staying.put(tag, now));
                if (digest.isEmpty()) {
                    unread.add(tag);
                }
            }
        }
        return unread;
    }

    /** What tags that stay lead to; then their signatures and referrers, what those lead to, and so on. */
    private void findNeeds(Set<Digest> needed, TagName own, Map<Digest, Manifest> manifests) throws RegistryException {
        for (Digest digest : Set.copyOf(staying.values())) {
            used.add(digest);
        }
        for (Digest digest : needed) {
            used.addArriving(digest);
        }
        boolean more = true;
        while (more) {
            more = keepCompanions(own);
            more |= keepReferrers(manifests);
        }
    }

    private boolean keepCompanions(TagName own) throws RegistryException {
        boolean more = false;
        for (Map.Entry<TagName, Digest> tag : List.copyOf(going.entrySet())) {
            TagName name = tag.getKey();
            boolean free = name.equals(own) || leftOver.contains(name);
            if (!free && TagName.subjectOf(name.value()).filter(used::contains).isPresent()) {
                going.remove(name);
                staying.put(name, tag.getValue());
                used.add(tag.getValue());
                kept.add("Tag " + name + " stays: it belongs to an image that stays.");
                more = true;
            }
        }
        return more;
    }

    private boolean keepReferrers(Map<Digest, Manifest> manifests) throws RegistryException {
        boolean more = false;
        for (Map.Entry<Digest, Manifest> manifest : manifests.entrySet()) {
            if (!used.contains(manifest.getKey()) && belongsToUsed(manifest.getValue())) {
                used.add(manifest.getKey());
                more = true;
            }
        }
        return more;
    }

    private boolean belongsToUsed(Manifest manifest) throws RegistryException {
        return ManifestReader.read(manifest)
                .subject()
                .map(Descriptor::digest)
                .filter(used::contains)
                .isPresent();
    }

    /** Those of the manifests that nothing needs. */
    private List<Digest> spare(Map<Digest, Manifest> manifests) throws RegistryException {
        List<Digest> spare = new ArrayList<>();
        for (Map.Entry<Digest, Manifest> manifest : manifests.entrySet()) {
            if (used.contains(manifest.getKey())) {
                kept.add("Manifest " + manifest.getKey() + " stays: " + reason(manifest.getKey(), manifest.getValue())
                        + ".");
            } else {
                spare.add(manifest.getKey());
            }
        }
        return spare;
    }

    private String reason(Digest digest, Manifest manifest) throws RegistryException {
        List<String> names = staying.entrySet().stream()
                .filter(tag -> tag.getValue().equals(digest))
                .map(tag -> tag.getKey().value())
                .toList();
        if (!names.isEmpty()) {
            return "tag " + String.join(", ", names)
                    + " points at it too, and a registry deletes all tags of a manifest";
        }
        return belongsToUsed(manifest)
                ? "it belongs to an image that stays"
                : "an image that stays, or that arrives now, needs it";
    }
}
