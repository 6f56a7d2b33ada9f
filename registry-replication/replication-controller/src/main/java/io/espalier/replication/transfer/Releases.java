package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.relay.protocol.ReleaseGate.Opinion;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Holds;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Judges;
import io.espalier.replication.image.ImageName;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the release gate, which comes and goes, whether an image may be sent. Never waits for a verdict. Thread-safe. */
public final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    private static final String ABSENT =
            "It waits for a release gate, which 'release-gate' requires, but none is there; plugin:list and engine:status show why.";
    private static final String LOST =
            "It waits for the release gate, which there was and is not now; plugin:list and engine:status show why. To replicate"
                    + " images without a gate for good, set 'release-gate' to 'off'.";

    private final GateRule rule;
    private final GateMemory memory;
    private volatile @Nullable ReleaseGate gate;

    /** Forgets at its end whether there was a gate. */
    public Releases(GateRule rule) {
        this(rule, new GateMemory(Optional.empty()));
    }

    /** @param seenFile notes that there was a gate, over restarts */
    public Releases(GateRule rule, Path seenFile) {
        this(rule, new GateMemory(Optional.of(seenFile)));
    }

    private Releases(GateRule rule, GateMemory memory) {
        this.rule = requireNonNull(rule, "rule is null");
        this.memory = memory;
        if (rule == GateRule.OFF) {
            memory.forget();
        }
    }

    /**
     * Why an image is not sent now.
     *
     * @param settled false when it is worth asking again soon
     */
    record Hold(String sentence, boolean settled) {
        Hold {
            requireNonNull(sentence, "sentence is null");
        }
    }

    /** Asks this gate from now on. */
    public synchronized void use(ReleaseGate found) {
        gate = requireNonNull(found, "found is null");
        if (rule == GateRule.OFF) {
            LOG.info("There is a release gate, but it is not asked, for 'release-gate' is 'off'.");
            return;
        }
        memory.note();
        LOG.info("Images are replicated when they pass the release gate.");
    }

    /** The gate is gone; when another one is in use already, that one stays. */
    public synchronized void forget(ReleaseGate gone) {
        if (gate == gone) {
            gate = null;
            if (rule != GateRule.OFF) {
                LOG.info("The release gate is gone; images wait until it is back.");
            }
        }
    }

    /** That images wait for a gate that is not there, in a sentence; empty when they do not. */
    public Optional<String> problem() {
        return gate == null
                ? absent().map(sentence -> "Images are not replicated; each says: " + sentence)
                : Optional.empty();
    }

    /** Why images wait when there is no gate. */
    private Optional<String> absent() {
        return switch (rule) {
            case OFF -> Optional.empty();
            case REQUIRED -> Optional.of(memory.seen() ? LOST : ABSENT);
            case IF_PRESENT -> memory.seen() ? Optional.of(LOST) : Optional.empty();
        };
    }

    /** Empty when it may be sent. What is known by digest or is about another image is not judged. */
    Optional<Hold> hold(ImageName name, String digest) {
        if (name.byDigest() || ImageName.subjectOfTag(name.reference()).isPresent()) {
            return Optional.empty();
        }
        if (rule == GateRule.OFF) {
            return Optional.empty();
        }
        ReleaseGate present = gate;
        if (present == null) {
            return absent().map(sentence -> new Hold(sentence, false));
        }
        Opinion opinion = ask(present, name, digest);
        if (opinion instanceof Holds holds) {
            return Optional.of(
                    new Hold(holds.sentence() + " 'image:release " + name + "' sends it all the same.", true));
        }
        return opinion instanceof Judges judges ? Optional.of(new Hold(judges.sentence(), false)) : Optional.empty();
    }

    private static Opinion ask(ReleaseGate gate, ImageName name, String digest) {
        try {
            return gate.ask(name.repository(), name.reference(), digest);
        } catch (RuntimeException e) {
            LOG.error("The release gate failed on {}; it is asked again.", name, e);
            return new Judges("The release gate failed (" + e + "); it is asked again.");
        }
    }
}
