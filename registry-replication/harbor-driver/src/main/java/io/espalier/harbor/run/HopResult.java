package io.espalier.harbor.run;

import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import java.util.List;

/** What became of one hop. */
public sealed interface HopResult {
    HarborEdge edge();

    /**
     * The child has the digest under all tags.
     *
     * @param copied whether an execution was needed
     * @param mended tags that the execution lost and that were set afterwards
     */
    record Carried(HarborEdge edge, boolean copied, List<String> mended, double seconds) implements HopResult {
        public Carried {
            mended = List.copyOf(mended);
        }
    }

    /**
     * The child does not have it.
     *
     * @param sentence what was tried, why it failed, what to do
     */
    record Failed(HarborEdge edge, HarborTrouble trouble, String sentence) implements HopResult {}

    /** Nothing was tried, since the parent does not have it. */
    record NotReached(HarborEdge edge) implements HopResult {}
}
