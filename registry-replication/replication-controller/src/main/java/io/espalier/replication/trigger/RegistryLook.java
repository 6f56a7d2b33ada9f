package io.espalier.replication.trigger;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.image.ImageName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the tags of the master's registry with what is replicated: a list for each repository, a HEAD for each tag. For one
 * thread at a time.
 */
public final class RegistryLook {
    /**
     * What one look found.
     *
     * @param problems repositories that could not be read
     * @param complete false when too much was waiting, so that the rest is left for the next look
     */
    public record Findings(int repositories, int tags, int changed, int problems, boolean complete) {}

    private static final Logger LOG = LoggerFactory.getLogger(RegistryLook.class);

    private final RegistryClient registry;
    private final ImageFilter filter;
    private final TagKnowledge known;
    private final TagListener listener;
    private final LookListener whole;
    private Map<ImageName, String> told = Map.of();
    private boolean failing;

    /** Without anybody who wants to know what was seen. */
    public RegistryLook(RegistryClient registry, ImageFilter filter, TagKnowledge known, TagListener listener) {
        this(registry, filter, known, listener, seen -> {});
    }

    /** @param whole hears after each complete look what tags there are */
    public RegistryLook(
            RegistryClient registry, ImageFilter filter, TagKnowledge known, TagListener listener, LookListener whole) {
        this.whole = requireNonNull(whole, "whole is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.filter = requireNonNull(filter, "filter is null");
        this.known = requireNonNull(known, "known is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    /**
     * Looks at everything once. A repository that cannot be read is left for the next time.
     *
     * @throws RegistryException when not even the list of repositories can be read
     */
    public Findings look() throws RegistryException {
        Round round = new Round();
        for (RepositoryName repository : registry.repositories()) {
            if (filter.repositories().matches(repository.value()) && round.complete) {
                round.repositories++;
                try {
                    look(repository, round);
                } catch (RegistryException e) {
                    round.problem(repository, e);
                }
            }
        }
        if (failing && round.problems == 0) {
            LOG.info("Every repository can be read again.");
        }
        failing = round.problems > 0;
        told = round.seen;
        if (round.complete) {
            whole.looked(new SeenTags(round.present, round.unread));
        }
        return new Findings(round.repositories, round.tags, round.changed, round.problems, round.complete);
    }

    private void look(RepositoryName repository, Round round) throws RegistryException {
        List<TagName> tags = registry.tags(repository);
        round.present.put(
                repository.value(), tags.stream().map(TagName::value).collect(Collectors.toUnmodifiableSet()));
        for (TagName tag : tags) {
            boolean companion = ImageName.subjectOfTag(tag.value()).isPresent();
            if (!companion && !filter.matches(repository.value(), tag.value())) {
                continue;
            }
            Optional<Digest> digest = registry.digestOf(repository, tag);
            if (digest.isEmpty()) {
                continue;
            }
            round.tags++;
            if (!compare(
                    new ImageName(repository.value(), tag.value()), digest.get().toString(), round)) {
                round.complete = false;
                return;
            }
        }
    }

    /** What was told is not told again, because the listener may have had its reason to do nothing. */
    private boolean compare(ImageName name, String digest, Round round) {
        boolean sent = known.digest(name.repository(), name.reference())
                .filter(digest::equals)
                .isPresent();
        if (!sent && !digest.equals(told.get(name))) {
            if (!listener.changed(name.repository(), name.reference(), digest)) {
                return false;
            }
            round.changed++;
        }
        if (!sent) {
            round.seen.put(name, digest);
        }
        return true;
    }

    /** Counts of one look. */
    private final class Round {
        private final Map<ImageName, String> seen = new HashMap<>();
        private final Map<String, Set<String>> present = new HashMap<>();
        private final Set<String> unread = new HashSet<>();
        private int repositories;
        private int tags;
        private int changed;
        private int problems;
        private boolean complete = true;

        void problem(RepositoryName repository, RegistryException e) {
            problems++;
            present.remove(repository.value());
            unread.add(repository.value());
            if (!failing && problems == 1) {
                LOG.warn("Repository {} is left out until it can be read: {}", repository, e.getMessage());
            }
        }
    }
}
