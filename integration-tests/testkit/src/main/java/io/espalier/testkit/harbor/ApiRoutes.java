package io.espalier.testkit.harbor;

import java.io.IOException;

/** A group of endpoints. */
@FunctionalInterface
interface ApiRoutes {
    /** Answers the call if it is one of its own; whether it was. */
    boolean serve(ApiCall call) throws IOException;
}
