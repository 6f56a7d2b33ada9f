/** A node of the tree: receives an image chunk by chunk, stores it in its registry and passes it on meanwhile. */
@NullMarked
package io.espalier.relay;

import org.jspecify.annotations.NullMarked;
