package io.espalier.replication.trigger;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tags that a look at the whole registry saw.
 *
 * @param tags by repository; none of repositories that are not replicated
 * @param unread repositories that are there but could not be read
 */
public record SeenTags(Map<String, Set<String>> tags, Set<String> unread) {
    public SeenTags {
        tags = Map.copyOf(tags);
        unread = Set.copyOf(unread);
    }

    /** Whether the registry lists this repository. */
    public boolean lists(String repository) {
        return tags.containsKey(repository) || unread.contains(repository);
    }

    /** Whether the tag is there; empty when its repository could not be read. */
    public Optional<Boolean> has(String repository, String tag) {
        return unread.contains(repository)
                ? Optional.empty()
                : Optional.of(tags.getOrDefault(repository, Set.of()).contains(tag));
    }
}
