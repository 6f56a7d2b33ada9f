/** Secrets on disk: sealed credentials and files that only the node's user may read. */
@NullMarked
package io.espalier.relay.seal;

import org.jspecify.annotations.NullMarked;
