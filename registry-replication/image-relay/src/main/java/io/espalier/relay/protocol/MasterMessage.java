package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.List;

/** From the master to a node, over the control link. */
public sealed interface MasterMessage {
    /**
     * Who belongs to the cluster: first after every connect, and on every change.
     *
     * @param revoked serial numbers, in hexadecimal, of certificates that are no longer accepted
     */
    record Members(List<PeerAddress> members, List<String> revoked) implements MasterMessage {
        public Members {
            members = List.copyOf(members);
            revoked = List.copyOf(revoked);
        }
    }

    /** Get this image; idempotent, a known one only changes its route. */
    record Assign(Transfer transfer, Route route) implements MasterMessage {}

    /** Get it from elsewhere from now on; what is there stays. */
    record Reroute(String transfer, Route route) implements MasterMessage {}

    /**
     * Hashes of chunks that follow each other in a blob.
     *
     * @param first index of the first chunk
     * @param sha256 32 bytes a chunk; not copied, never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // carried, not compared
    record Hashes(String blob, int chunkBytes, int first, byte[] sha256) implements MasterMessage {}

    /** Stop it and forget it; what is in the registry stays. */
    record Cancel(String transfer, String reason) implements MasterMessage {}

    /** Measure these peers, one after another, and answer with {@link NodeMessage.Measured}. */
    record Measure(
            String measurement,
            MeasureMode mode,
            List<PeerAddress> peers,
            List<String> registries,
            int rounds,
            long copyBytes)
            implements MasterMessage {
        public Measure {
            peers = List.copyOf(peers);
            registries = List.copyOf(registries);
        }
    }

    /**
     * Read an image back from the registry and answer with {@link NodeMessage.Checked}.
     *
     * @param deep hash every byte instead of looking at the last one of each blob, with {@link NodeMessage.Checking} meanwhile; masters
     *     of older releases do not say it
     * @param bytesPerSecond at most so many are read for that; 0 for no limit
     */
    record Check(String request, String repository, String tag, Boolean deep, Long bytesPerSecond)
            implements MasterMessage {
        public Check {
            deep = requireNonNullElse(deep, false);
            bytesPerSecond = requireNonNullElse(bytesPerSecond, 0L);
            if (bytesPerSecond < 0) {
                throw new IllegalArgumentException("bytesPerSecond is " + bytesPerSecond + "; it must not be negative");
            }
        }

        /** The quick one. */
        public Check(String request, String repository, String tag) {
            this(request, repository, tag, false, 0L);
        }
    }

    /**
     * Yes to {@link NodeMessage.Ask}.
     *
     * @param permission signed by the cluster's authority; to be shown to the target, once and soon
     * @param target where the target's door is
     */
    record Granted(String request, String permission, PeerAddress target) implements MasterMessage {}

    /** No to {@link NodeMessage.Ask}; the reason is a sentence. */
    record Refused(String request, String reason) implements MasterMessage {}

    /**
     * These transfers take no chunks now, and those that an earlier such message named go on unless they are named again; until the
     * node stops. Children are still served.
     *
     * @param transfers ids; an operator's pauses are counted besides
     * @param reason a sentence
     * @param seconds after so many they go on by themselves, also while the master is down; 0 for never. A length, since the clock of a
     *     node may be wrong
     */
    record Hold(List<String> transfers, String reason, Long seconds) implements MasterMessage {
        public Hold {
            transfers = List.copyOf(transfers);
            requireNonNull(reason, "reason is null");
            // Masters of earlier releases do not say it.
            seconds = requireNonNullElse(seconds, 0L);
            if (seconds < 0) {
                throw new IllegalArgumentException("seconds is " + seconds + "; it must not be negative");
            }
        }

        /** Until the next such message. */
        public Hold(List<String> transfers, String reason) {
            this(transfers, reason, 0L);
        }
    }

    /**
     * An image was removed at the master: take these tags away, and delete what nothing else needs; answer with {@link
     * NodeMessage.Removed}. Idempotent.
     *
     * @param request of the removal, comes back in the answer
     * @param tags the image's own tag last; each is taken away only where it still points at this digest, and where the node put it
     *     there by an older generation than this
     * @param manifests digests that the master's registry no longer has; those that no other tag of the node needs are deleted
     * @param dryRun only say what would go
     */
    record Remove(String request, String repository, List<TagPart> tags, List<String> manifests, boolean dryRun)
            implements MasterMessage {
        public Remove {
            requireNonNull(request, "request is null");
            requireNonNull(repository, "repository is null");
            tags = List.copyOf(tags);
            manifests = List.copyOf(manifests);
            if (tags.isEmpty()) {
                throw new IllegalArgumentException("The removal " + request + " names no tag.");
            }
        }

        /** The image's own tag. */
        public TagPart own() {
            return tags.get(tags.size() - 1);
        }
    }
}
