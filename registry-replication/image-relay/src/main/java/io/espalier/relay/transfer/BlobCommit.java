package io.espalier.relay.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.client.BlobPresence;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import io.espalier.relay.protocol.BlobPart;
import io.espalier.relay.spool.SpoolException;
import io.espalier.relay.transfer.TransferProblem.Haste;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bringing one blob of a transfer into the node's registry: proved there, else mounted, else fetched and uploaded while it comes.
 * Done by one thread, which an interrupt ends.
 */
final class BlobCommit {
    private static final Logger log = LoggerFactory.getLogger(BlobCommit.class);
    private static final long ROOM_EVERY_MS = 200;
    private static final long ROOM_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Less than a disk gives, so that pulls go on beside a proof. */
    private static final long PROOF_BYTES_PER_SECOND = 50_000_000;

    private final Job job;
    private final BlobPart part;
    private final RegistryClient registry;
    private final FetchTable fetches;
    private final ChildSupply children;
    private final RottenBlobs rotten;
    private final RepositoryName repository;
    private final Digest digest;

    BlobCommit(
            Job job,
            BlobPart part,
            RegistryClient registry,
            FetchTable fetches,
            ChildSupply children,
            RottenBlobs rotten) {
        this.job = requireNonNull(job, "job is null");
        this.part = requireNonNull(part, "part is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.fetches = requireNonNull(fetches, "fetches is null");
        this.children = requireNonNull(children, "children is null");
        this.rotten = requireNonNull(rotten, "rotten is null");
        this.repository = RepositoryName.of(job.transfer().repository());
        this.digest = Digest.of(part.digest());
    }

    /** Returns when the blob is in the registry. */
    void run() throws TransferProblem, JobStopped, InterruptedException {
        job.requireRunning();
        if (!isThere()) {
            requireNotRoot();
            fetchAndUpload();
        }
        job.trust(part.digest());
        job.progress().arrived(part);
        children.inRegistry(part.digest(), job.transfer().repository());
    }

    private boolean isThere() throws TransferProblem, InterruptedException {
        try {
            if (part.size() == 0) {
                // Whether an empty blob was lost cannot be seen, and to send it costs nothing.
                registry.putBlob(repository, digest, 0, BlobSource.of(new byte[0]));
                return true;
            }
            if (job.isSentInVain(part.digest()) && rotten.has(part.digest())) {
                return isMendedSince();
            }
            // Nobody sends it to the root again: there only its registry can put it right, and is asked each time.
            if (job.isDistrusted(part.digest()) && !job.route().isRoot()) {
                return false;
            }
            BlobPresence presence = registry.blob(repository, digest, part.size());
            if (rotten.has(part.digest())) {
                return presence == BlobPresence.PROVED && isFoundRight();
            }
            if (presence == BlobPresence.CLAIMED_BUT_BROKEN) {
                if (!job.isDistrusted(part.digest())) {
                    log.warn(
                            "Transfer {}: the registry claims blob {} but does not deliver its last byte.",
                            job,
                            part.digest());
                }
                job.distrust(part.digest());
            }
            return presence == BlobPresence.PROVED || (presence == BlobPresence.ABSENT && isMounted());
        } catch (RegistryException e) {
            requireNotInterrupted(e);
            if (job.route().isRoot() || !e.retryable()) {
                throw TransferProblem.of(e);
            }
            // The registry is away, but children wait for the chunks: they are fetched meanwhile.
            job.progress().problem(TransferProblem.sentence(e));
            return false;
        }
    }

    /** A blob in which a deep check found wrong bytes is believed only after all of it was read. */
    private boolean isFoundRight() throws RegistryException {
        if (isProved()) {
            return true;
        }
        log.warn("Transfer {}: the registry has wrong bytes in blob {}; it is sent again.", job, part.digest());
        job.distrust(part.digest());
        return false;
    }

    private boolean isProved() throws RegistryException {
        BlobProof proof = new BlobProof(registry, PROOF_BYTES_PER_SECOND, read -> {});
        if (!proof.isRight(repository, digest, part.size())) {
            return false;
        }
        rotten.remove(part.digest());
        job.forgetSentInVain(part.digest());
        return true;
    }

    /** It was sent for nothing: false when its damaged file is gone, so that it helps to send it again. */
    private boolean isMendedSince() throws TransferProblem, InterruptedException {
        try {
            if (registry.blob(repository, digest, part.size()) != BlobPresence.PROVED) {
                return false;
            }
        } catch (RegistryException e) {
            requireNotInterrupted(e);
            throw TransferProblem.of(e);
        }
        requireMended();
        return true;
    }

    /** docker-registry takes a blob that it knows, answers 201, and leaves the file as it is, also when its bytes are wrong. */
    private void requireMended() throws TransferProblem, InterruptedException {
        try {
            if (rotten.has(part.digest()) && !isProved()) {
                throw new TransferProblem(
                        Haste.SLOW,
                        "The registry has wrong bytes in blob " + part.digest() + " of " + repository
                                + "; it was sent again, but the registry keeps its damaged file: delete that file in the"
                                + " registry's storage, then the transfer mends it.");
            }
        } catch (RegistryException e) {
            requireNotInterrupted(e);
            throw TransferProblem.of(e);
        }
    }

    private boolean isMounted() throws RegistryException {
        for (String from : children.repositoriesWith(part)) {
            try {
                RepositoryName source = RepositoryName.of(from);
                if (!source.equals(repository)
                        && registry.blob(source, digest, part.size()) == BlobPresence.PROVED
                        && registry.mount(repository, digest, source)
                        && registry.blob(repository, digest, part.size()) == BlobPresence.PROVED) {
                    log.debug("Transfer {}: blob {} was mounted from {}.", job, part.digest(), from);
                    return true;
                }
            } catch (IllegalArgumentException e) {
                log.debug("Blob {} is not mounted from '{}': {}", part.digest(), from, e.getMessage());
            } catch (RegistryException e) {
                if (e.retryable() || e.code() == ErrorCode.INTERRUPTED) {
                    throw e;
                }
                log.debug("Blob {} is not mounted from {}: {}", part.digest(), from, e.getMessage());
            }
        }
        return false;
    }

    private void requireNotRoot() throws TransferProblem {
        if (job.route().isRoot()) {
            throw new TransferProblem(
                    Haste.SLOW,
                    "This node is the source of the image but its registry does not deliver blob " + part.digest()
                            + " of " + repository
                            + " whole; look at its storage. If the blob is damaged there, delete its file"
                            + " (docker-registry, which never writes it anew, has it in docker/registry/v2/blobs/sha256/"
                            + digest.hex().substring(0, 2) + "/" + digest.hex() + "), then push the image again.");
        }
    }

    private void fetchAndUpload() throws TransferProblem, JobStopped, InterruptedException {
        boolean sent = false;
        while (!sent) {
            BlobFetch fetch = join();
            try {
                sent = isUploaded(fetch);
                if (sent) {
                    requireMended(fetch);
                }
            } finally {
                fetches.leave(fetch);
            }
        }
    }

    /** False when this transfer has to fetch the blob itself, for the one that did was stopped. */
    private boolean isUploaded(BlobFetch fetch) throws TransferProblem, JobStopped, InterruptedException {
        try {
            upload(fetch);
            return true;
        } catch (TransferProblem e) {
            job.requireRunning();
            if (fetch.job() == job || !fetch.job().isStopped()) {
                if (!fetch.blob().isComplete()) {
                    children.failed(part.digest(), e.sentence());
                }
                throw e;
            }
            log.debug("Transfer {} fetches blob {} itself, for {} was stopped.", job, part.digest(), fetch.job());
            return false;
        }
    }

    /** Until the registry has it right, children get it from the spool, which must not count it as one that may go. */
    private void requireMended(BlobFetch fetch) throws TransferProblem, InterruptedException {
        if (rotten.has(part.digest())) {
            job.sentInVain(part.digest());
            requireMended();
        }
        fetch.blob().committed();
    }

    /** Waits while the spool is full of blobs that will leave it. */
    private BlobFetch join() throws TransferProblem, JobStopped, InterruptedException {
        long deadline = System.nanoTime() + ROOM_LIMIT_NANOS;
        while (true) {
            job.requireRunning();
            try {
                return fetches.join(job, part);
            } catch (SpoolException e) {
                if (e.code() != SpoolException.Code.NO_ROOM || System.nanoTime() - deadline > 0) {
                    children.failed(part.digest(), TransferProblem.sentence(e));
                    throw TransferProblem.of(e);
                }
                TimeUnit.MILLISECONDS.sleep(ROOM_EVERY_MS);
            }
        }
    }

    /** Uploads from the first byte, again and again as long as the blob still comes; then the transfer's own retries take over. */
    private void upload(BlobFetch fetch) throws TransferProblem, JobStopped, InterruptedException {
        Backoff backoff = job.newBackoff();
        String last = "";
        fetch.readers().awaitBegin();
        while (true) {
            job.requireRunning();
            try (FetchReaders.Upload upload = fetch.readers().upload()) {
                registry.putBlob(repository, digest, part.size(), upload);
                job.progress().solved(last);
                return;
            } catch (RegistryException e) {
                requireNotInterrupted(e);
                fetch.readers().requireNoFailure();
                job.requireRunning();
                TransferProblem problem = examined(fetch, e);
                last = problem.sentence();
                job.progress().problem(last);
                if (fetch.readers().awaitEnd(backoff.nextNanos(problem.haste()))) {
                    throw problem;
                }
                job.progress().retried();
            }
        }
    }

    /** A wrong digest of the whole means rot on this disk, or wrong hashes. */
    private TransferProblem examined(BlobFetch fetch, RegistryException e) {
        if (e.code() != ErrorCode.DIGEST_MISMATCH) {
            return TransferProblem.of(e);
        }
        int wrong = fetch.blob().recheck().cardinality();
        if (wrong > 0) {
            return new TransferProblem(
                    Haste.SOON,
                    wrong + " chunks of blob " + part.digest()
                            + " are no longer right on this node's disk; they are fetched again.");
        }
        return new TransferProblem(
                Haste.SLOW,
                "The chunks of blob " + part.digest()
                        + " have the hashes that the master sent, but not the blob's digest: "
                        + TransferProblem.sentence(e));
    }

    private static void requireNotInterrupted(RegistryException e) throws InterruptedException {
        if (e.code() == ErrorCode.INTERRUPTED || Thread.currentThread().isInterrupted()) {
            throw new InterruptedException(e.getMessage());
        }
    }
}
