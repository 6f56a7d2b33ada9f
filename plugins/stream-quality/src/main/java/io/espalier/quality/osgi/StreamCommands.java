package io.espalier.quality.osgi;

import io.espalier.quality.finish.FinishedRun;
import io.espalier.quality.finish.Limits;
import io.espalier.quality.finish.RunFinish;
import io.espalier.quality.table.StreamTable;
import io.espalier.stream.stage.ReadLedger;
import io.espalier.stream.stage.StreamStage;
import io.espalier.stream.stage.WrittenFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/** Shell commands about the quality of the transfer: {@code stream:top} and {@code stream:finish}. */
@Component(
        service = StreamCommands.class,
        property = {"osgi.command.scope=stream", "osgi.command.function=top", "osgi.command.function=finish"})
public final class StreamCommands {
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    volatile List<StreamStage> stages = List.of();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ReadLedger ledger;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable WrittenFiles files;

    /** A table of all streams: what each stage counts, now. */
    public String top() {
        return StreamTable.of(List.copyOf(stages));
    }

    /**
     * Stops reading, waits for what is on its way, reads the files back, and prints what was lost and doubled.
     *
     * @param arguments nothing, or {@code --limit} and a time as {@code 10s}
     * @throws IllegalStateException when the run did not finish well; the closing line is printed before
     */
    public void finish(String... arguments) throws IOException {
        FinishedRun run = finish(limit(arguments));
        run.counts().findings().forEach(System.out::println);
        System.out.println(run.closingLine());
        Optional<String> failure = run.failure();
        if (failure.isPresent()) {
            throw new IllegalStateException(failure.get());
        }
    }

    private FinishedRun finish(Duration limit) throws IOException {
        ReadLedger read = ledger;
        WrittenFiles written = files;
        if (read == null || written == null) {
            throw new IllegalStateException("Tried to finish the run but there is no active "
                    + (read == null ? "collector" : "file terminal") + "; plugin:explain "
                    + (read == null ? "stream-collector" : "file-terminal") + " says why.");
        }
        return new RunFinish(read, written).finish(limit);
    }

    private static Duration limit(String... arguments) {
        if (arguments.length == 0) {
            return DEFAULT_LIMIT;
        }
        if (arguments.length == 2 && arguments[0].equals("--limit")) {
            return Limits.parse(arguments[1]);
        }
        throw new IllegalArgumentException("stream:finish takes nothing, or --limit and a time, as --limit 10s; it got "
                + String.join(" ", arguments) + ".");
    }
}
