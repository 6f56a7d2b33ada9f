/** A node's work on transfers: it gets what its registry lacks, puts it there in order, repairs by itself, and serves children. */
@NullMarked
package io.espalier.relay.transfer;

import org.jspecify.annotations.NullMarked;
