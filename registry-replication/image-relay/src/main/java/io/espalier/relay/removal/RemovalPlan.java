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
 */
public record RemovalPlan(
        Map<TagName, Digest> tags, List<Digest> manifests, Map<TagName, Digest> staying, List<String> kept) {
    public RemovalPlan {
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        manifests = List.copyOf(manifests);
        staying = Map.copyOf(staying);
        kept = List.copyOf(kept);
    }

    /** Nothing goes, for these reasons. */
    static RemovalPlan nothing(List<String> kept) {
        return new RemovalPlan(Map.of(), List.of(), Map.of(), kept);
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
