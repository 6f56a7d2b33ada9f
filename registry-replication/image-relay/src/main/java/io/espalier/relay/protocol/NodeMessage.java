package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.List;

/** From a node to the master, over the control link. */
public sealed interface NodeMessage {
    /**
     * First after every connect.
     *
     * @param host the node's own domain name, under which others reach it
     * @param registry URL of its registry, without credentials
     * @param site the operator's label for where the node stands; empty when not given
     * @param capacity what it may be burdened with; nodes of older releases do not say it
     * @param transfers all that the node has not forgotten yet
     * @param paused what the node takes no chunks of, see {@link Paused}; an older node does not say
     */
    record Hello(
            NodeId node,
            String version,
            String host,
            int port,
            String registry,
            String site,
            NodeCapacity capacity,
            List<TransferReport> transfers,
            List<String> paused)
            implements NodeMessage {
        public Hello {
            site = requireNonNullElse(site, "");
            capacity = requireNonNullElse(capacity, NodeCapacity.NONE);
            transfers = List.copyOf(transfers);
            paused = List.copyOf(requireNonNullElse(paused, List.of()));
        }

        /** Without a site, limits and pauses. */
        public Hello(
                NodeId node, String version, String host, int port, String registry, List<TransferReport> transfers) {
            this(node, version, host, port, registry, "", NodeCapacity.NONE, transfers, List.of());
        }
    }

    /** What changed, at most once a second, and at once when a state changes. */
    record Report(List<TransferReport> transfers) implements NodeMessage {
        public Report {
            transfers = List.copyOf(transfers);
        }
    }

    /** Answer to {@link MasterMessage.Measure}. */
    record Measured(String measurement, MeasureMode mode, List<PeerSample> samples) implements NodeMessage {
        public Measured {
            samples = List.copyOf(samples);
        }
    }

    /** A rate seen while a link was busy with a real transfer. */
    record Observed(NodeId parent, long bytes, long bytesPerSecond) implements NodeMessage {}

    /** Answer to {@link MasterMessage.Check}. */
    record Checked(String request, ImageCheck image) implements NodeMessage {}

    /**
     * A deep check goes on, once a second, or waits for another one, once a minute.
     *
     * @param hashed bytes so far
     * @param bytes to be hashed; 0 while it waits
     */
    record Checking(String request, long hashed, long bytes) implements NodeMessage {}

    /**
     * Asks for the permission to do something, at this node or another one. All are texts as the operator gave them, so that the
     * master can refuse what it does not know with a sentence.
     *
     * @param request chosen by the node, comes back in the answer
     * @param action word of a {@link ControlAction}
     * @param target name of a node; empty for the one that usually does this
     * @param subject an image as REPOSITORY:TAG, or a repository; empty for all
     */
    record Ask(String request, String action, String target, String subject) implements NodeMessage {}

    /**
     * What this node did, as the target of a permission that was shown to it.
     *
     * @param permission its id; empty when it was not signed by the master, so that nothing in it can be believed
     * @param holder who showed it
     * @param outcome DONE, FAILED, or REFUSED when the permission did not hold
     */
    record Acted(String permission, NodeId holder, String outcome, String sentence) implements NodeMessage {}

    /**
     * What this node takes no chunks of from now on: images as REPOSITORY:TAG, or {@code *} for all.
     *
     * @param images all of them, not only what changed
     */
    record Paused(List<String> images) implements NodeMessage {
        public Paused {
            images = List.copyOf(images);
        }
    }

    /**
     * What keeps this node from its work whether or not an image is on its way: after every connect, and when it changes. Sentences,
     * empty where all is well.
     *
     * @param registry why its registry cannot be used
     * @param disk that the disk under its spool is nearly full
     */
    record Condition(String registry, String disk) implements NodeMessage {
        /** Nothing is wrong. */
        public static final Condition WELL = new Condition("", "");

        private static final int MOST_CHARS = 500;

        public Condition {
            registry = cut(registry);
            disk = cut(disk);
        }

        private static String cut(String sentence) {
            String text = requireNonNullElse(sentence, "");
            return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS) + "...";
        }
    }

    /**
     * Answer to {@link MasterMessage.Remove}.
     *
     * @param outcome word of a {@link RemovalOutcome}
     * @param tags that went, or would go
     * @param manifests digests that went, or would go
     * @param sentence what was kept and why, or what failed; empty when there is nothing to say
     */
    record Removed(String request, String outcome, List<String> tags, List<String> manifests, String sentence)
            implements NodeMessage {
        public Removed {
            requireNonNull(request, "request is null");
            requireNonNull(outcome, "outcome is null");
            tags = List.copyOf(tags);
            manifests = List.copyOf(manifests);
            requireNonNull(sentence, "sentence is null");
        }
    }
}
