package io.espalier.engine.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.ContainerState.Health;
import io.espalier.engine.check.SmokeResult.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an image once and says whether it is good.
 *
 * <p>With a command the command decides by its exit code. Else the image's HEALTHCHECK decides, if it has one; it must be healthy within
 * the time limit. Else the image must still run after a while, or, where that is enough, have ended with code 0. The container is
 * removed in any case; when the engine is away at that moment, it keeps its labels, by which it is found later.
 */
public final class SmokeTest {
    private static final Logger LOG = LoggerFactory.getLogger(SmokeTest.class);
    private static final long LOOK_EVERY_MS = 200;

    private final ImageEngine engine;
    private final SmokeRules rules;

    public SmokeTest(ImageEngine engine, SmokeRules rules) {
        this.engine = requireNonNull(engine, "engine is null");
        this.rules = requireNonNull(rules, "rules is null");
    }

    /** What was seen of a container. */
    private record Seen(boolean good, String sentence, OptionalInt exitCode) {}

    /**
     * Runs the image.
     *
     * @param image a reference that the engine knows
     * @param labels on the container
     * @throws EngineException when the engine is away or fails, so that nothing is known of the image
     * @throws InterruptedException when the thread was interrupted; the container is removed then, too
     */
    public SmokeResult run(String image, Map<String, String> labels) throws EngineException, InterruptedException {
        long begin = System.nanoTime();
        String container;
        try {
            container = engine.create(new ContainerPlan(image, rules.command(), rules.limits(), labels));
        } catch (EngineException e) {
            return unlessEngine(e, "No container can be made of it: ", begin, "");
        }
        try {
            return watched(container, begin);
        } finally {
            remove(container);
        }
    }

    private SmokeResult watched(String container, long begin) throws EngineException, InterruptedException {
        try {
            engine.start(container);
        } catch (EngineException e) {
            return unlessEngine(e, "It cannot be started: ", begin, logs(container));
        }
        Seen seen = watch(container, System.nanoTime());
        String logs = logs(container);
        return new SmokeResult(
                seen.good() ? Outcome.PASSED : Outcome.FAILED,
                seen.good() ? seen.sentence() : seen.sentence() + lastLine(logs),
                seen.exitCode(),
                since(begin),
                logs);
    }

    private static SmokeResult unlessEngine(EngineException e, String before, long begin, String logs)
            throws EngineException {
        if (e.code() != EngineException.Code.REFUSED) {
            throw e;
        }
        return new SmokeResult(Outcome.FAILED, before + e.sentence(), OptionalInt.empty(), since(begin), logs);
    }

    private Seen watch(String container, long started) throws EngineException, InterruptedException {
        while (true) {
            ContainerState state = engine.state(container);
            Duration up = since(started);
            if (!state.running()) {
                return ended(state, up);
            }
            Seen now = running(state, up);
            if (now != null) {
                return now;
            }
            Thread.sleep(LOOK_EVERY_MS);
        }
    }

    private @Nullable Seen running(ContainerState state, Duration up) {
        boolean ownProgram = rules.command().isEmpty();
        boolean longEnough = up.compareTo(rules.stayUp()) >= 0;
        if (ownProgram && state.health() == Health.UNHEALTHY) {
            return bad("Its HEALTHCHECK says unhealthy after " + seconds(up) + ".");
        }
        if (ownProgram && state.health() == Health.HEALTHY && (longEnough || !rules.mustStayUp())) {
            return good("Its HEALTHCHECK says healthy after " + seconds(up) + ".");
        }
        if (ownProgram && state.health() == Health.NONE && longEnough) {
            return good("It still ran after " + seconds(up) + ".");
        }
        if (up.compareTo(rules.timeLimit()) < 0) {
            return null;
        }
        String limit = seconds(rules.timeLimit());
        return ownProgram
                ? bad("It was not healthy within the time limit of " + limit + ".")
                : bad("Its test command had not ended within the time limit of " + limit + " and was killed.");
    }

    private Seen ended(ContainerState state, Duration up) {
        int code = state.exitCode();
        boolean ownProgram = rules.command().isEmpty();
        String end = "ended with code " + code + " after " + seconds(up);
        if (state.outOfMemory()) {
            return new Seen(
                    false,
                    "It wanted more than the " + (rules.limits().memoryBytes() >> 20)
                            + " MiB of memory that memory-bytes allows, and " + end + ".",
                    OptionalInt.of(code));
        }
        boolean mayEnd = !ownProgram || (!rules.mustStayUp() && state.health() == Health.NONE);
        if (code == 0 && mayEnd) {
            return new Seen(true, (ownProgram ? "It " : "Its test command ") + end + ".", OptionalInt.of(code));
        }
        String wanted = mayEnd ? "" : state.health() == Health.NONE ? "; it should stay up" : "; it should be healthy";
        return new Seen(false, (ownProgram ? "It " : "Its test command ") + end + wanted + ".", OptionalInt.of(code));
    }

    private static Seen good(String sentence) {
        return new Seen(true, sentence, OptionalInt.empty());
    }

    private static Seen bad(String sentence) {
        return new Seen(false, sentence, OptionalInt.empty());
    }

    /** Also on a thread that is asked to stop, for nobody else would remove it. */
    private void remove(String container) {
        boolean interrupted = Thread.interrupted();
        try {
            engine.remove(container);
        } catch (EngineException e) {
            LOG.warn("Container {} of a test is left for now and removed later: {}", container, e.sentence());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String logs(String container) throws EngineException {
        return new String(engine.logs(container, SmokeResult.MOST_LOG_BYTES), UTF_8);
    }

    private static String lastLine(String logs) {
        String text = logs.strip();
        String last = text.substring(text.lastIndexOf('\n') + 1)
                .replaceAll("\\p{Cntrl}", " ")
                .strip();
        return last.isEmpty() ? "" : " It said last: '" + last.substring(0, Math.min(200, last.length())) + "'.";
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
}
