package io.espalier.gateway.lane;

import java.util.concurrent.CompletableFuture;

/** A submission whose sender waits for the answer. */
record Pending(Submission submission, CompletableFuture<Outcome> answer, long deadlineNanos) {
    void moveTo(Lanes lanes) {
        var unused = lanes.submit(submission).whenComplete((outcome, failure) -> answer.complete(outcome));
    }

    void settle(LaneCounts counts, Outcome outcome) {
        counts.left(submission);
        if (outcome instanceof Outcome.Stored stored) {
            counts.stored.add(stored.records());
        }
        answer.complete(outcome);
    }
}
