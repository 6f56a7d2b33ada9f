package io.espalier.file.writer;

import io.espalier.file.input.InputException;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fulfils wishes to publish: each once the end that the topic had when the wish was first seen is written. */
final class AskedPublishing {
    private final WritingRound round;
    private final Map<PublishRequest, Map<Integer, Long>> ends = new HashMap<>();

    AskedPublishing(WritingRound round) {
        this.round = round;
    }

    /** Looks at the open wishes; those that still wait for records stay open. */
    void serve(List<PublishRequest> wishes) throws IOException, InputException {
        ends.keySet().retainAll(wishes);
        boolean published = false;
        for (PublishRequest wish : wishes) {
            Map<Integer, Long> end = ends.get(wish);
            if (end == null) {
                end = round.ends();
                ends.put(wish, end);
            }
            if (!round.reached(end)) {
                continue;
            }
            if (!published) {
                round.publishAll();
                published = true;
            }
            wish.fulfilled();
        }
    }
}
