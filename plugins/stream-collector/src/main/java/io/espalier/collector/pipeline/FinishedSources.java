package io.espalier.collector.pipeline;

import io.espalier.collector.checkpoint.SourceState;
import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.TailedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sources of a stream that were read to their end, the latest {@value #KEPT} of them. Changed by the pipeline's thread
 * only; may be read by any.
 */
final class FinishedSources {
    static final int KEPT = 1000;

    private volatile List<SourceState> states = List.of();

    List<SourceState> states() {
        return states;
    }

    /** As an operator sees them: all of each is read and acknowledged. */
    List<SourceStatus> statuses() {
        return states.stream()
                .map(state -> new SourceStatus(
                        state.number(),
                        state.path(),
                        state.identity(),
                        state.offset(),
                        state.offset(),
                        state.seq(),
                        state.seq(),
                        state.offset(),
                        "finished"))
                .toList();
    }

    /** Adds a source; returns those that are forgotten for it. */
    List<SourceState> add(SourceState state) {
        List<SourceState> next = new ArrayList<>(states);
        next.add(state);
        List<SourceState> forgotten = List.copyOf(next.subList(0, Math.max(0, next.size() - KEPT)));
        states = List.copyOf(next.subList(forgotten.size(), next.size()));
        return forgotten;
    }

    boolean knows(FileIdentity identity) {
        return states.stream().anyMatch(state -> state.identity().equals(identity));
    }

    /** The latest source whose file this is. */
    Optional<SourceState> of(TailedFile file) throws IOException {
        List<SourceState> all = states;
        for (int i = all.size() - 1; i >= 0; i--) {
            SourceState state = all.get(i);
            if (state.identity().equals(file.identity()) && file.continues(state.fingerprint(), state.offset())) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /** Takes a source out because there is more to read of it. */
    void remove(SourceState state) {
        states = states.stream().filter(other -> !other.equals(state)).toList();
    }
}
