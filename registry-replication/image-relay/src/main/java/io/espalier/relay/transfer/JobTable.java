package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.TransferReport;
import io.espalier.relay.protocol.TransferState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** All transfers that the node has not forgotten. Thread-safe. */
final class JobTable implements ChildSupply.Expectations {
    private static final int MOST_FINAL = 1_000;
    private static final long FINAL_MS = TimeUnit.HOURS.toMillis(1);

    private final Consumer<String> onLost;
    private final Map<String, Job> jobs = new LinkedHashMap<>();
    /** Which transfers have a blob: children ask for it many times a second. */
    private final Map<String, Set<Job>> byBlob = new HashMap<>();

    private final Map<String, Long> finalSince = new LinkedHashMap<>();

    /** @param onLost told which blob lost chunks on this node's disk */
    JobTable(Consumer<String> onLost) {
        this.onLost = requireNonNull(onLost, "onLost is null");
    }

    synchronized void put(Job job) {
        remove(job.id());
        jobs.put(job.id(), job);
        job.transfer().blobs().forEach(part -> byBlob.computeIfAbsent(part.digest(), any -> new LinkedHashSet<>())
                .add(job));
    }

    private void remove(String id) {
        Job job = jobs.remove(id);
        finalSince.remove(id);
        if (job == null) {
            return;
        }
        for (BlobPart part : job.transfer().blobs()) {
            Set<Job> same = byBlob.get(part.digest());
            if (same != null && same.remove(job) && same.isEmpty()) {
                byBlob.remove(part.digest());
            }
        }
    }

    synchronized Optional<Job> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    synchronized List<Job> all() {
        return List.copyOf(jobs.values());
    }

    List<TransferReport> reports() {
        return all().stream().map(job -> job.progress().report()).toList();
    }

    /** Transfers of the same image tag. */
    List<Job> rivals(Job job) {
        Optional<TagPart> main = job.mainTag();
        return main.isEmpty()
                ? List.of()
                : all().stream()
                        .filter(other -> other != job
                                && other.transfer()
                                        .repository()
                                        .equals(job.transfer().repository())
                                && other.mainTag()
                                        .filter(tag ->
                                                tag.tag().equals(main.get().tag()))
                                        .isPresent())
                        .toList();
    }

    synchronized long unfinished() {
        return jobs.values().stream()
                .filter(job -> !job.progress().state().isFinal())
                .count();
    }

    /** Unfinished ones in words. */
    List<String> arriving() {
        return all().stream()
                .filter(job -> !job.progress().state().isFinal())
                .map(job -> {
                    TransferReport report = job.progress().report();
                    return job.image() + " " + report.state().name().toLowerCase(Locale.ROOT) + ", "
                            + (report.bytesThere() + report.bytesReceived()) + " of " + report.bytes() + " bytes"
                            + (report.problem().isEmpty() ? "" : ": " + report.problem());
                })
                .toList();
    }

    /** Forgets final ones of an image, or all of them; answers how many. */
    synchronized int forget(Optional<String> image) {
        int before = jobs.size();
        for (Job job : List.copyOf(jobs.values())) {
            if (job.progress().state().isFinal()
                    && (image.isEmpty() || image.get().equals(job.image()))) {
                remove(job.id());
            }
        }
        return before - jobs.size();
    }

    /** Forgets final ones, the oldest first, after an hour or when there are more than a thousand. */
    synchronized void forgetOld(long nowMillis) {
        for (Job job : jobs.values()) {
            if (job.progress().state().isFinal()) {
                finalSince.putIfAbsent(job.id(), nowMillis);
            }
        }
        int over = finalSince.size() - MOST_FINAL;
        for (Map.Entry<String, Long> entry : List.copyOf(finalSince.entrySet())) {
            if (over-- > 0 || nowMillis - entry.getValue() > FINAL_MS) {
                remove(entry.getKey());
            }
        }
    }

    /** No longer says of transfers with this tag that they are done; the registry has lost something of them. */
    synchronized void forgetDone(String repository, String tag) {
        for (Job job : List.copyOf(jobs.values())) {
            if (job.progress().state() == TransferState.DONE
                    && job.transfer().repository().equals(repository)
                    && job.transfer().tags().stream()
                            .anyMatch(part -> part.tag().equals(tag))) {
                remove(job.id());
            }
        }
    }

    @Override
    public boolean isComing(String blob) {
        return with(blob).stream()
                .anyMatch(job -> !job.route().isRoot()
                        && isOnItsWay(job.progress().state())
                        && !job.progress().hasArrived(blob));
    }

    @Override
    public boolean isPaused(String blob) {
        return with(blob).stream().anyMatch(Job::isParked);
    }

    @Override
    public Optional<String> home(String blob) {
        return with(blob).stream()
                .filter(job -> job.progress().hasArrived(blob))
                .map(job -> job.transfer().repository())
                .findFirst();
    }

    @Override
    public void lost(String blob) {
        onLost.accept(blob);
    }

    /** Whether a transfer that is neither over nor paused needs the blob. */
    boolean isNeeded(String blob) {
        return with(blob).stream().anyMatch(job -> !job.progress().state().isFinal() && !job.isParked());
    }

    /** Whether a transfer that is neither over nor paused waits for the blob, which is not in the registry yet. */
    boolean isAwaited(String blob) {
        return with(blob).stream()
                .anyMatch(job -> !job.progress().state().isFinal()
                        && !job.isParked()
                        && !job.progress().hasArrived(blob));
    }

    private synchronized List<Job> with(String blob) {
        return List.copyOf(byBlob.getOrDefault(blob, Set.of()));
    }

    private static boolean isOnItsWay(TransferState state) {
        return state == TransferState.WAITING || state == TransferState.RECEIVING || state == TransferState.COMMITTING;
    }
}
