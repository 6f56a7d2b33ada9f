package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ReleaseGate;
import io.espalier.relay.protocol.ReleaseGate.Opinion;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Holds;
import io.espalier.relay.protocol.ReleaseGate.Opinion.Judges;
import io.espalier.replication.image.ImageName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the release gate, which comes and goes, whether an image may be sent. Never waits for a verdict. Thread-safe. */
public final class Releases {
    private static final Logger LOG = LoggerFactory.getLogger(Releases.class);
    private static final String ABSENT =
            "It waits for a release gate, which 'release-gate' requires, but none is there; plugin:list and engine:status show why.";

    private final boolean required;
    private volatile @Nullable ReleaseGate gate;

    /** @param required whether images wait while there is no gate */
    public Releases(boolean required) {
        this.required = required;
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
    public void use(ReleaseGate found) {
        gate = requireNonNull(found, "found is null");
        LOG.info("Images are replicated when they pass the release gate.");
    }

    /** The gate is gone; when another one is in use already, that one stays. */
    public synchronized void forget(ReleaseGate gone) {
        if (gate == gone) {
            gate = null;
            LOG.info(
                    "The release gate is gone; images {}.",
                    required ? "wait until it is back" : "are replicated unjudged");
        }
    }

    /** Empty when it may be sent. What is known by digest or is about another image is not judged. */
    Optional<Hold> hold(ImageName name, String digest) {
        if (name.byDigest() || ImageName.subjectOfTag(name.reference()).isPresent()) {
            return Optional.empty();
        }
        ReleaseGate present = gate;
        if (present == null) {
            return required ? Optional.of(new Hold(ABSENT, false)) : Optional.empty();
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
