package io.espalier.relay.control;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a node waits before it tries to reach its master again, and what it says about that: each kind of problem once until it is
 * connected, for the master may be away, or may have removed this node, for weeks. For one thread.
 */
final class Retries {
    /** A master that starts turns nodes away, too, so the first ones are like any other failure. */
    private static final int PATIENT_AFTER = 5;

    private static final int MOST_KINDS = 32;
    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

    private final Backoff soon;
    private final Backoff patient;
    private final Set<String> said = new HashSet<>();
    private int turnedAway;

    /** @param patientMs most to be waited while the master turns this node away */
    Retries(long firstMs, long mostMs, long patientMs) {
        soon = new Backoff(firstMs, mostMs);
        patient = new Backoff(mostMs, patientMs);
    }

    /** @param kind equal for equal problems, whatever words the system has for them */
    void failed(String kind, String sentence, boolean away) {
        turnedAway = away ? turnedAway + 1 : 0;
        if (said.size() < MOST_KINDS && said.add(kind)) {
            LOG.warn(sentence);
        } else {
            LOG.debug(sentence);
        }
    }

    long nextMillis() {
        if (turnedAway >= PATIENT_AFTER) {
            return patient.nextMillis();
        }
        patient.reset();
        return soon.nextMillis();
    }

    /** The link is open. */
    void connected() {
        said.clear();
        turnedAway = 0;
    }

    /** The master has said something. */
    void heard() {
        soon.reset();
    }
}
