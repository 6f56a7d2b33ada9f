package io.espalier.relay.removal;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images from a registry. Callers see to it that nothing else of this node writes to the repository meanwhile. Other
 * programs may: so all is looked up again just before it is deleted, and a change ends the removal. What they do between that look
 * and the deletion, some milliseconds for a tag and as long as it takes to ask for all tags for a manifest, cannot be seen.
 */
public final class RegistryRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryRemoval.class);

    private final RegistryClient registry;

    public RegistryRemoval(RegistryClient registry) {
        this.registry = requireNonNull(registry, "registry is null");
    }

    /**
     * What would go; changes nothing.
     *
     * @param tags that are to go, with the digest that each must still have; unless the last one goes, nothing does
     * @param manifests that are to go too
     * @param needed digests that something on its way to this registry needs
     * @throws RegistryException when the registry does not say all that must be known, so that nothing may go
     */
    public RemovalPlan plan(
            RepositoryName repository, Map<TagName, Digest> tags, List<Digest> manifests, Set<Digest> needed)
            throws RegistryException {
        return new RemovalPlanner(registry, repository).plan(tags, manifests, needed);
    }

    /**
     * Does what was planned a moment ago, and proves it. When something has changed since, it fails with {@code REFUSED} and may be
     * planned anew.
     *
     * @throws RegistryException UNSUPPORTED when the registry does not delete; nothing is changed then
     */
    public void carryOut(RepositoryName repository, RemovalPlan plan) throws RegistryException {
        Map<Digest, Manifest> copies = copies(repository, plan);
        check(repository, plan);
        for (Digest manifest : plan.manifests()) {
            if (!plan.tags().containsValue(manifest)) {
                registry.deleteManifest(repository, manifest);
            }
        }
        // The image's own tag is the last, so that a removal that was cut off is begun again.
        for (Map.Entry<TagName, Digest> tag : plan.tags().entrySet()) {
            if (plan.manifests().contains(tag.getValue())) {
                checkStill(repository, tag.getKey(), tag.getValue());
                // With it go its tags, and all of them were to go.
                registry.deleteManifest(repository, tag.getValue());
            } else {
                registry.deleteTag(repository, tag.getKey(), tag.getValue());
                restore(repository, plan, tag.getValue(), copies);
            }
        }
        prove(repository, plan);
    }

    /** With a manifest all its tags go, so when one is to go each tag must still be what it was. */
    private void check(RepositoryName repository, RemovalPlan plan) throws RegistryException {
        if (!plan.manifests().isEmpty()) {
            List<TagName> all = registry.tags(repository);
            if (Collections.disjoint(all, plan.tags().keySet())) {
                throw changed(
                        repository,
                        "The list of tags names none of " + plan.tags().keySet() + " any more");
            }
            for (TagName tag : all) {
                if (!plan.tags().containsKey(tag)) {
                    Digest planned = plan.staying().get(tag);
                    if (planned == null) {
                        throw changed(repository, "Tag " + tag + " has come since all tags were looked at");
                    }
                    checkStill(repository, tag, planned);
                }
            }
        }
        for (Map.Entry<TagName, Digest> tag : plan.tags().entrySet()) {
            checkStill(repository, tag.getKey(), tag.getValue());
        }
    }

    private void checkStill(RepositoryName repository, TagName tag, Digest planned) throws RegistryException {
        Optional<Digest> now = registry.digestOf(repository, tag);
        if (now.isPresent() && !now.get().equals(planned)) {
            throw changed(
                    repository, "Tag " + tag + " points at " + now.get() + " and not at " + planned + " as before");
        }
    }

    private static RegistryException changed(RepositoryName repository, String what) {
        return RegistryException.passing(
                ErrorCode.REFUSED,
                what + ", so somebody else writes into " + repository + "; what may go is to be looked up anew.");
    }

    private Map<Digest, Manifest> copies(RepositoryName repository, RemovalPlan plan) throws RegistryException {
        Map<Digest, Manifest> copies = new HashMap<>();
        for (Digest digest : Set.copyOf(plan.sharing().values())) {
            Manifest copy = registry.manifest(repository, digest)
                    .orElseThrow(() -> RegistryException.passing(
                            ErrorCode.NOT_FOUND,
                            "Tags of " + repository + " that stay point at " + digest
                                    + ", but the registry does not give it, so nothing was deleted."));
            copies.put(digest, copy);
        }
        return copies;
    }

    /** There are registries that delete the manifest with all its tags when they are asked to delete one tag. */
    private void restore(RepositoryName repository, RemovalPlan plan, Digest digest, Map<Digest, Manifest> copies)
            throws RegistryException {
        Manifest copy = copies.get(digest);
        for (Map.Entry<TagName, Digest> tag : plan.sharing().entrySet()) {
            boolean shares = tag.getValue().equals(digest);
            if (copy != null
                    && shares
                    && registry.digestOf(repository, tag.getKey()).isEmpty()) {
                LOG.warn(
                        "The registry took tag {} of {} away with another one; it is set again.",
                        tag.getKey(),
                        repository);
                registry.putManifest(repository, tag.getKey(), copy);
            }
        }
    }

    private void prove(RepositoryName repository, RemovalPlan plan) throws RegistryException {
        for (TagName tag : plan.tags().keySet()) {
            Optional<Digest> now = registry.digestOf(repository, tag);
            if (now.isPresent()) {
                throw RegistryException.lasting(
                        ErrorCode.PROTOCOL,
                        "Tag " + tag + " of " + repository + " was deleted but the registry still answers " + now.get()
                                + "; somebody else may write there.");
            }
        }
    }
}
