package io.espalier.relay.removal;

import io.espalier.registry.name.Digest;
import io.espalier.registry.name.TagName;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What would go of an image in one registry, and what stays.
 *
 * @param tags that go, the image's own last, with what each points at now
 * @param manifests that go besides; no other tag needs them
 * @param staying all other tags of the repository, with what each points at now
 * @param kept a sentence for each tag and manifest that stays though it was to go
 * @param doubtful whether nothing goes only since the registry's answers do not fit together, which may pass
 */
public record RemovalPlan(
        Map<TagName, Digest> tags,
        List<Digest> manifests,
        Map<TagName, Digest> staying,
        List<String> kept,
        boolean doubtful) {
    public RemovalPlan {
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        manifests = List.copyOf(manifests);
        staying = Map.copyOf(staying);
        kept = List.copyOf(kept);
    }

    /** One that is sure. */
    RemovalPlan(Map<TagName, Digest> tags, List<Digest> manifests, Map<TagName, Digest> staying, List<String> kept) {
        this(tags, manifests, staying, kept, false);
    }

    /** Nothing goes, for these reasons. */
    public static RemovalPlan nothing(List<String> kept) {
        return new RemovalPlan(Map.of(), List.of(), Map.of(), kept);
    }

    /** Nothing goes for now; the last reason may pass. */
    static RemovalPlan doubtful(List<String> kept) {
        return new RemovalPlan(Map.of(), List.of(), Map.of(), kept, true);
    }

    /** Tags that stay and point at the same manifest as a tag that goes. */
    Map<TagName, Digest> sharing() {
        Map<TagName, Digest> sharing = new HashMap<>(staying);
        sharing.values().retainAll(tags.values());
        return sharing;
    }

    /** Whether nothing goes. */
    public boolean isEmpty() {
        return tags.isEmpty() && manifests.isEmpty();
    }
}
