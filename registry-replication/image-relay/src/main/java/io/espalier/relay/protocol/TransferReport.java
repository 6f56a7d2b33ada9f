package io.espalier.relay.protocol;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import java.util.List;
import java.util.Map;

/**
 * A node's word on one transfer; all counts are since the node first heard of it.
 *
 * @param bytes of all blobs
 * @param bytesThere of those that the node's registry had or mounted, so that they were not sent
 * @param bytesReceived verified chunks that came over a link, each counted once
 * @param bytesTwice chunks that came again although they were there
 * @param bytesPerSecond received lately
 * @param parent who sends now, or the first stripe of it; empty when nobody does
 * @param retries failures that were followed by another try
 * @param problem why it waits or failed, with the registry's own words; empty when nothing is wrong
 * @param millis since the node first heard of it, until now or until it was final
 * @param newest the generation of the image's tag for which the node took this one as outdated; 0 when it did not
 * @param parents all who send now, each once, in the order of their stripes
 * @param bytesFrom how many of the received bytes came from whom, without those of an earlier run of the node
 */
public record TransferReport(
        String transfer,
        TransferState state,
        long bytes,
        long bytesThere,
        long bytesReceived,
        long bytesTwice,
        long bytesPerSecond,
        String parent,
        int retries,
        String problem,
        long millis,
        Long newest,
        List<String> parents,
        Map<String, Long> bytesFrom) {
    public TransferReport {
        requireNonNull(transfer, "transfer is null");
        requireNonNull(state, "state is null");
        requireNonNull(parent, "parent is null");
        requireNonNull(problem, "problem is null");
        // Nodes of earlier releases do not say it.
        newest = requireNonNullElse(newest, 0L);
        parents = List.copyOf(requireNonNullElse(parents, parent.isEmpty() ? List.of() : List.of(parent)));
        bytesFrom = Map.copyOf(requireNonNullElse(bytesFrom, Map.of()));
    }

    /** Of a transfer that is not outdated and has one sender at most. */
    public TransferReport(
            String transfer,
            TransferState state,
            long bytes,
            long bytesThere,
            long bytesReceived,
            long bytesTwice,
            long bytesPerSecond,
            String parent,
            int retries,
            String problem,
            long millis) {
        this(
                transfer,
                state,
                bytes,
                bytesThere,
                bytesReceived,
                bytesTwice,
                bytesPerSecond,
                parent,
                retries,
                problem,
                millis,
                0L,
                parent.isEmpty() ? List.of() : List.of(parent),
                Map.of());
    }

    /** The same with another problem. */
    public TransferReport saying(String sentence) {
        return with(sentence, newest);
    }

    /** The same of a node that knows this generation of the tag. */
    public TransferReport outdatedBy(long generation) {
        return with(problem, generation);
    }

    private TransferReport with(String sentence, long generation) {
        return new TransferReport(
                transfer,
                state,
                bytes,
                bytesThere,
                bytesReceived,
                bytesTwice,
                bytesPerSecond,
                parent,
                retries,
                sentence,
                millis,
                generation,
                parents,
                bytesFrom);
    }

    /** All who send now, in one text; empty when nobody does. */
    public String from() {
        return String.join(", ", parents);
    }
}
