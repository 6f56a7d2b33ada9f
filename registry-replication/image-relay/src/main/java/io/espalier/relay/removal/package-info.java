/** Takes images out of a node's registry, and keeps whatever something else may need. */
@NullMarked
package io.espalier.relay.removal;

import org.jspecify.annotations.NullMarked;
