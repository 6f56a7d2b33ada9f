/** The two ends of a chain of relays, reduced to what the relay between them needs: it can be measured almost alone. */
@NullMarked
package io.espalier.bench.stub;

import org.jspecify.annotations.NullMarked;
