package io.espalier.collector.pipeline;

import static java.util.Objects.requireNonNull;

import io.espalier.collector.checkpoint.CheckpointStore;
import io.espalier.collector.discovery.FileClaims;
import io.espalier.collector.send.RefusedRecords;
import io.espalier.collector.send.ReportSender;
import io.espalier.collector.send.StreamCreator;
import io.espalier.collector.settings.CollectorSettings;

/** What all pipelines of a collector share; each part is safe for use by many threads and blocks none for another. */
public record PipelineParts(
        CollectorSettings settings,
        CheckpointStore checkpoints,
        RefusedRecords refusedRecords,
        ReportSender sender,
        StreamCreator creator,
        FileClaims claims) {
    public PipelineParts {
        requireNonNull(settings, "settings is null");
        requireNonNull(checkpoints, "checkpoints is null");
        requireNonNull(refusedRecords, "refusedRecords is null");
        requireNonNull(sender, "sender is null");
        requireNonNull(creator, "creator is null");
        requireNonNull(claims, "claims is null");
    }
}
