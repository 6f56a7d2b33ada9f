package io.espalier.relay.removal;

import io.espalier.registry.name.Digest;
import io.espalier.registry.name.TagName;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What would go of an image in one registry, and what stays.
 *
 * @param tags that go, the image's own last, with what each points at now
 * @param manifests that go besides; no other tag needs them
 * @param sharing other tags that point at the same manifests as the tags that go
 * @param kept a sentence for each tag and manifest that stays though it was to go
 */
public record RemovalPlan(
        Map<TagName, Digest> tags, List<Digest> manifests, Map<TagName, Digest> sharing, List<String> kept) {
    public RemovalPlan {
        tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
        manifests = List.copyOf(manifests);
        sharing = Map.copyOf(sharing);
        kept = List.copyOf(kept);
    }

    /** Nothing goes, for these reasons. */
    static RemovalPlan nothing(List<String> kept) {
        return new RemovalPlan(Map.of(), List.of(), Map.of(), kept);
    }

    /** Whether nothing goes. */
    public boolean isEmpty() {
        return tags.isEmpty() && manifests.isEmpty();
    }
}
