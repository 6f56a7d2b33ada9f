package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.SmokeResult.Outcome;
import io.espalier.engine.check.SmokeRules;
import io.espalier.relay.protocol.ReleaseGate;
import java.nio.file.Files;
import java.util.Optional;

/** Lets an image pass that starts here and stays up. Thread-safe. */
public final class EngineGate implements ReleaseGate {
    private final DeskSettings settings;
    private final TestDesk desk;

    public EngineGate(DeskSettings settings, TestDesk desk) {
        this.settings = requireNonNull(settings, "settings is null");
        this.desk = requireNonNull(desk, "desk is null");
    }

    @Override
    public Opinion ask(String repository, String tag, String digest) {
        if (!settings.repositories().matches(repository)) {
            return new Opinion.Passes();
        }
        SmokeRules rules = settings.rulesFor(repository, Purpose.GATE);
        Optional<TestResult> verdict =
                desk.verdict(digest, rules).filter(known -> known.outcome().isVerdict());
        if (verdict.isPresent()) {
            return verdict.get().outcome() == Outcome.PASSED
                    ? new Opinion.Passes()
                    : new Opinion.Holds(held(verdict.get()));
        }
        TestOrder order = new TestOrder(Purpose.GATE, repository, tag, digest, rules, true, false);
        return desk.submit(order)
                ? new Opinion.Judges(
                        "It is judged before its release. " + desk.waits(order).orElse(""))
                : new Opinion.Judges("It is judged before its release, when some of the other images are.");
    }

    private String held(TestResult verdict) {
        String where = Files.exists(desk.logFile(verdict))
                ? " What it printed is in " + desk.logFile(verdict) + ", or by 'engine:logs " + verdict.id() + "'."
                : "";
        return "The release gate holds it: " + verdict.sentence() + where;
    }
}
