package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.protocol.ManifestPart;
import io.espalier.relay.protocol.TagPart;
import io.espalier.relay.protocol.Transfer;
import io.espalier.relay.protocol.TransferState;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try of a transfer: blobs, manifests, proof, tags, proof. What turns out to be missing in the registry is sent again at once,
 * a few times. For one thread.
 */
final class JobRun {
    private static final Logger log = LoggerFactory.getLogger(JobRun.class);
    private static final int ROUNDS = 3;

    private final Job job;
    private final RegistryClient registry;
    private final BlobCommits commits;
    private final TagGenerations generations;
    private final RepositoryName repository;
    private String stillBroken = "";

    JobRun(Job job, RegistryClient registry, BlobCommits commits, TagGenerations generations) {
        this.job = requireNonNull(job, "job is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.commits = requireNonNull(commits, "commits is null");
        this.generations = requireNonNull(generations, "generations is null");
        this.repository = RepositoryName.of(job.transfer().repository());
    }

    /** Returns {@code DONE} or {@code SUPERSEDED}. */
    TransferState run() throws TransferProblem, JobStopped, InterruptedException {
        String broken = "";
        String before = "";
        for (int round = 0; round < ROUNDS; round++) {
            job.progress().state(TransferState.RECEIVING);
            commits.run(job);
            job.progress().state(TransferState.COMMITTING);
            job.requireRunning();
            if (job.route().isRoot()) {
                return rootDone();
            }
            try {
                Optional<TransferState> end = show();
                if (end.isPresent()) {
                    return end.get();
                }
                broken = stillBroken;
                requireChange(before, broken);
                before = broken;
            } catch (RegistryException e) {
                broken = missing(e);
            }
            log.warn("Transfer {}: {} It is sent again.", job, broken);
            job.progress().problem(broken);
            job.progress().retried();
            job.progress().state(TransferState.RETRYING);
        }
        throw new TransferProblem(Haste.SOON, broken);
    }

    /** Puts manifests and tags while nothing is removed from the repository; empty when a blob turns out to be broken. */
    private Optional<TransferState> show() throws RegistryException, TransferProblem, JobStopped {
        Lock lock = generations.repository(job.transfer().repository()).readLock();
        lock.lock();
        try {
            putManifests();
            stillBroken = brokenBlob();
            if (!stillBroken.isEmpty()) {
                return Optional.empty();
            }
            boolean set = setTags();
            stillBroken = set ? brokenBlob() : "";
            if (!stillBroken.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(set ? TransferState.DONE : TransferState.SUPERSEDED);
        } finally {
            lock.unlock();
        }
    }

    /** docker-registry takes a blob that it knows, answers 201, and leaves the file as it is, also when that is damaged. */
    private static void requireChange(String before, String broken) throws TransferProblem {
        if (broken.equals(before)) {
            throw new TransferProblem(
                    Haste.SLOW,
                    broken
                            + " It was sent again and nothing changed, so the registry keeps a damaged file of it; delete that"
                            + " file in the registry's storage.");
        }
    }

    /** The image came from here: its tag is as new as this generation, and nothing is to be written. */
    private TransferState rootDone() throws TransferProblem {
        for (TagPart tag : job.transfer().tags()) {
            claim(tag);
        }
        return TransferState.DONE;
    }

    private void putManifests() throws RegistryException, TransferProblem, JobStopped {
        for (ManifestPart part : job.transfer().manifests()) {
            job.requireRunning();
            Manifest manifest = manifest(part);
            registry.putManifest(repository, manifest.digest(), manifest);
            if (!readable(manifest)) {
                restore(manifest);
            }
        }
    }

    private boolean readable(Manifest manifest) throws RegistryException {
        return registry.manifest(repository, manifest.digest()).isPresent();
    }

    /**
     * A registry that has collected garbage while it ran answers 201 to a manifest that its cache still knows, and writes nothing
     * (docker-registry 2.8.2 with blobdescriptor: inmemory). An upload as a blob is written in any case, to the same place.
     */
    private void restore(Manifest manifest) throws RegistryException, TransferProblem {
        log.warn(
                "Transfer {}: the registry took manifest {} but does not deliver it; it is sent again.",
                job,
                manifest.digest());
        job.progress().retried();
        registry.putBlob(repository, manifest.digest(), manifest.size(), BlobSource.of(manifest.bytes()));
        registry.putManifest(repository, manifest.digest(), manifest);
        if (!readable(manifest)) {
            throw new TransferProblem(
                    Haste.SOON,
                    "The registry took manifest " + manifest.digest() + " of " + repository
                            + " but does not deliver it; it may have collected garbage while it ran: restart it.");
        }
    }

    private static Manifest manifest(ManifestPart part) throws TransferProblem {
        Manifest manifest = Manifest.of(part.contentType(), part.content());
        if (!manifest.digest().toString().equals(part.digest())) {
            throw new TransferProblem(
                    Haste.SLOW,
                    "The master sent manifest " + part.digest() + " but its bytes are " + manifest.digest()
                            + "; nothing is put into the registry.");
        }
        return manifest;
    }

    /**
     * The registry refused a manifest because something is missing that it has claimed, or that was collected meanwhile: blobs that
     * cannot be proved, or are named by it, or else all, are distrusted.
     */
    private String missing(RegistryException e) throws TransferProblem, JobStopped {
        if (e.code() != ErrorCode.CONTENT_MISSING) {
            throw TransferProblem.of(e);
        }
        String words = TransferProblem.sentence(e);
        try {
            if (brokenBlob().isEmpty()) {
                List<BlobPart> blobs = job.transfer().blobs();
                boolean named = blobs.stream().anyMatch(part -> words.contains(part.digest()));
                blobs.stream()
                        .filter(part -> !named || words.contains(part.digest()))
                        .forEach(part -> job.distrust(part.digest()));
            }
        } catch (RegistryException other) {
            throw TransferProblem.of(other);
        }
        return words;
    }

    /** Reads the last byte of every blob; those that fail are distrusted. Empty when all are well. */
    private String brokenBlob() throws RegistryException, JobStopped {
        String broken = "";
        for (BlobPart part : job.transfer().blobs()) {
            job.requireRunning();
            if (part.size() > 0
                    && registry.blob(repository, Digest.of(part.digest()), part.size()) != BlobPresence.PROVED) {
                job.distrust(part.digest());
                broken = "The registry took blob " + part.digest() + " of " + repository
                        + " but does not deliver it any more; it may have collected garbage.";
            }
        }
        return broken;
    }

    /** Sets the tags in order; answers false when the image's own tag belongs to a newer generation. */
    private boolean setTags() throws RegistryException, TransferProblem, JobStopped {
        Optional<TagPart> main = job.mainTag();
        if (main.isEmpty()) {
            return true;
        }
        boolean set = true;
        for (TagPart tag : job.transfer().tags()) {
            job.requireRunning();
            set = setTag(tag);
        }
        if (!set) {
            job.progress()
                    .newest(generations.newest(
                            job.transfer().repository(), main.get().tag()));
        }
        return set;
    }

    private boolean setTag(TagPart tag) throws RegistryException, TransferProblem, JobStopped {
        Transfer transfer = job.transfer();
        Lock lock = generations.lock(transfer.repository(), tag.tag());
        lock.lock();
        try {
            job.requireRunning();
            if (!claim(tag)) {
                log.info("Transfer {}: tag {} belongs to a newer generation and is left.", job, tag.tag());
                return false;
            }
            TagName name = TagName.of(tag.tag());
            if (!points(name, tag)) {
                registry.putManifest(repository, name, manifest(part(tag)));
            }
            if (!points(name, tag)) {
                throw new TransferProblem(
                        Haste.SOON,
                        "Tag " + repository + ":" + name + " was set to " + tag.digest()
                                + " but the registry answers something else; somebody else may write there.");
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean points(TagName name, TagPart tag) throws RegistryException {
        return registry.digestOf(repository, name)
                .map(Digest::toString)
                .filter(tag.digest()::equals)
                .isPresent();
    }

    private ManifestPart part(TagPart tag) throws TransferProblem {
        for (ManifestPart part : job.transfer().manifests()) {
            if (part.digest().equals(tag.digest())) {
                return part;
            }
        }
        throw new TransferProblem(
                Haste.SLOW,
                "The master wants tag " + tag.tag() + " on manifest " + tag.digest()
                        + " but did not send that manifest.");
    }

    private boolean claim(TagPart tag) throws TransferProblem {
        try {
            return generations.claim(job.transfer().repository(), tag.tag(), tag.generation());
        } catch (IOException e) {
            throw new TransferProblem(
                    Haste.SOON,
                    "Tried to note the generation of tag " + tag.tag() + " on disk but got '" + e.getMessage()
                            + "'; the tag is not set before that works.");
        }
    }
}
