package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.MasterMessage.Remove;
import io.espalier.relay.protocol.NodeMessage.Removed;
import io.espalier.relay.protocol.RemovalOutcome;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.removal.RegistryRemoval;
import io.espalier.relay.removal.RemovalPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images from the node's registry at the master's order: only what came by replication, in an older generation, and is as
 * the master believes. Whatever is in doubt stays. One thread removes; others may look meanwhile.
 */
final class ImageRemover {
    private static final Logger log = LoggerFactory.getLogger(ImageRemover.class);
    private static final long LOCK_SECONDS = 30;
    private static final RemovalPlan NOTHING = RemovalPlan.nothing(List.of());

    private final RegistryRemoval registry;
    private final TagGenerations generations;
    private final JobTable jobs;
    private final Consumer<Job> outdated;

    /** @param outdated stops a transfer of an image that is removed */
    ImageRemover(RegistryClient registry, TagGenerations generations, JobTable jobs, Consumer<Job> outdated) {
        this.registry = new RegistryRemoval(registry);
        this.generations = requireNonNull(generations, "generations is null");
        this.jobs = requireNonNull(jobs, "jobs is null");
        this.outdated = requireNonNull(outdated, "outdated is null");
    }

    /** Never throws: what failed is in the answer. */
    Removed remove(Remove order) {
        try {
            RepositoryName repository = RepositoryName.of(order.repository());
            if (order.dryRun()) {
                return answer(order, RemovalOutcome.PLANNED, plan(repository, order));
            }
            return alone(repository, order);
        } catch (RegistryException e) {
            return failed(order, e);
        } catch (IOException e) {
            return answer(
                    order,
                    RemovalOutcome.FAILED,
                    "Tried to note the removal on disk but got '" + e.getMessage() + "'; nothing goes before that"
                            + " works.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return answer(order, RemovalOutcome.FAILED, "The node stops.");
        } catch (IllegalArgumentException e) {
            return answer(order, RemovalOutcome.KEPT, TransferProblem.sentence(e));
        } catch (RuntimeException e) {
            log.error(
                    "The removal of {}:{} failed unexpectedly.",
                    order.repository(),
                    order.own().tag(),
                    e);
            return answer(order, RemovalOutcome.FAILED, "It failed unexpectedly: " + e + ".");
        }
    }

    private Removed alone(RepositoryName repository, Remove order)
            throws RegistryException, IOException, InterruptedException {
        Lock lock = generations.repository(order.repository()).writeLock();
        if (!lock.tryLock(LOCK_SECONDS, TimeUnit.SECONDS)) {
            return answer(
                    order,
                    RemovalOutcome.FAILED,
                    "An image is just being put into " + repository + ", so nothing was removed.");
        }
        try {
            Optional<String> doubt = doubt(order);
            if (doubt.isPresent()) {
                return answer(order, RemovalOutcome.KEPT, doubt.get());
            }
            stopOlder(order);
            RemovalPlan plan = plan(repository, order).plan();
            return carryOut(repository, order, plan);
        } finally {
            lock.unlock();
        }
    }

    private Removed carryOut(RepositoryName repository, Remove order, RemovalPlan plan)
            throws RegistryException, IOException {
        for (TagPart tag : order.tags()) {
            // Also where the tag is not there, so that an older transfer which is still on its way does not set it. But
            // one that never came stays free: it may come first after the master's clock was set back.
            if (tag.equals(order.own()) || generations.newest(order.repository(), tag.tag()) > 0) {
                generations.claim(order.repository(), tag.tag(), tag.generation());
            }
        }
        if (plan.doubtful()) {
            return answer(order, RemovalOutcome.DOUBT, new Look(plan, Optional.empty()));
        }
        registry.carryOut(repository, plan);
        jobs.forgetDone(order.repository(), order.own().tag());
        Removed answer = answer(order, RemovalOutcome.DONE, new Look(plan, Optional.empty()));
        if (!plan.isEmpty()) {
            log.info(
                    "{} has left the registry at the master's order: tags {}, manifests {}. {}",
                    repository,
                    answer.tags(),
                    answer.manifests(),
                    answer.sentence());
        }
        return answer;
    }

    /** What a look found: a plan, or why nothing may go. */
    private record Look(RemovalPlan plan, Optional<String> doubt) {}

    private Look plan(RepositoryName repository, Remove order) throws RegistryException {
        Optional<String> doubt = doubt(order);
        if (doubt.isPresent()) {
            return new Look(NOTHING, doubt);
        }
        Map<TagName, Digest> tags = new LinkedHashMap<>();
        for (TagPart tag : order.tags()) {
            if (tag.equals(order.own()) || doubt(order.repository(), tag).isEmpty()) {
                tags.put(TagName.of(tag.tag()), Digest.of(tag.digest()));
            }
        }
        List<Digest> manifests = order.manifests().stream().map(Digest::of).toList();
        return new Look(registry.plan(repository, tags, manifests, arriving(order)), Optional.empty());
    }

    /** Why the image must stay whatever the registry says. */
    private Optional<String> doubt(Remove order) {
        TagPart own = order.own();
        Optional<String> doubt = doubt(order.repository(), own);
        boolean newer = rivals(order).stream()
                .anyMatch(job -> job.mainTag().map(TagPart::generation).orElse(0L) > own.generation());
        return doubt.isEmpty() && newer
                ? Optional.of("A newer image of tag " + own.tag() + " is on its way here, so nothing was removed.")
                : doubt;
    }

    private Optional<String> doubt(String repository, TagPart tag) {
        long newest = generations.newest(repository, tag.tag());
        if (newest == 0) {
            return Optional.of("This node has no note that tag " + tag.tag()
                    + " came to it by replication, so it may be somebody's own and stays.");
        }
        return newest > tag.generation()
                ? Optional.of("This node has generation " + newest + " of tag " + tag.tag()
                        + ", which is newer than the removal, so it stays.")
                : Optional.empty();
    }

    private void stopOlder(Remove order) {
        rivals(order).forEach(outdated);
    }

    /** Unfinished transfers of the same tag. */
    private List<Job> rivals(Remove order) {
        return unfinished(order.repository()).stream()
                .filter(job -> job.mainTag()
                        .filter(tag -> tag.tag().equals(order.own().tag()))
                        .isPresent())
                .toList();
    }

    private List<Job> unfinished(String repository) {
        return jobs.all().stream()
                .filter(job -> !job.progress().state().isFinal()
                        && job.transfer().repository().equals(repository))
                .toList();
    }

    /** Manifests of other images that are on their way here. */
    private Set<Digest> arriving(Remove order) {
        List<Job> others = new ArrayList<>(unfinished(order.repository()));
        others.removeAll(rivals(order));
        Set<Digest> needed = new HashSet<>();
        for (Job job : others) {
            job.transfer().manifests().stream()
                    .map(ManifestPart::digest)
                    .map(Digest::of)
                    .forEach(needed::add);
        }
        return needed;
    }

    private static Removed failed(Remove order, RegistryException e) {
        boolean unsupported = e.code() == ErrorCode.UNSUPPORTED;
        String sentence = TransferProblem.sentence(e);
        return answer(
                order,
                unsupported ? RemovalOutcome.UNSUPPORTED : RemovalOutcome.FAILED,
                unsupported
                        ? sentence + " The node's registry does not delete; docker-registry does with"
                                + " REGISTRY_STORAGE_DELETE_ENABLED=true."
                        : sentence);
    }

    private static Removed answer(Remove order, RemovalOutcome outcome, String sentence) {
        return new Removed(order.request(), outcome.name(), List.of(), List.of(), sentence);
    }

    /** What went or would go, or that nothing does. */
    private static Removed answer(Remove order, RemovalOutcome outcome, Look look) {
        RemovalPlan plan = look.plan();
        String sentence = look.doubt().orElse(String.join(" ", plan.kept()));
        RemovalOutcome shown = outcome;
        if (plan.doubtful()) {
            shown = RemovalOutcome.DOUBT;
        } else if (plan.isEmpty()) {
            shown = sentence.isEmpty() ? RemovalOutcome.GONE : RemovalOutcome.KEPT;
        }
        return new Removed(
                order.request(),
                shown.name(),
                plan.tags().keySet().stream().map(TagName::value).sorted().toList(),
                plan.manifests().stream().map(Digest::toString).toList(),
                sentence);
    }
}
