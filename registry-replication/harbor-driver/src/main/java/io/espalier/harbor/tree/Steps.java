package io.espalier.harbor.tree;

import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects steps, and carries them out unless the run is dry. For one thread. */
final class Steps {
    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

    private final boolean dry;
    private final List<TreeStep> steps = new ArrayList<>();

    /** What a step does. */
    @FunctionalInterface
    interface Deed {
        void run() throws HarborException;
    }

    Steps(boolean dry) {
        this.dry = dry;
    }

    /** Does it unless the run is dry; a failure is told and thrown on. */
    void run(TreeStep step, Deed deed) throws HarborException {
        if (!dry) {
            deed.run();
            LOG.info("{}", step);
        }
        steps.add(step);
    }

    void tell(TreeStep step) {
        steps.add(step);
    }

    /** A failure of one thing; the others go on. An interrupt ends all. */
    void fail(String harbor, String what, HarborException failed) throws HarborException {
        if (failed.trouble() == HarborTrouble.INTERRUPTED) {
            throw failed;
        }
        steps.add(new TreeStep(harbor, TreeStep.Kind.FAIL, what, "", failed.sentence()));
    }

    TreeReport report() {
        return new TreeReport(dry, steps);
    }
}
