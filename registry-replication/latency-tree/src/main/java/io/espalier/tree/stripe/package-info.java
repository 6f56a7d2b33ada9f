/** An image in stripes, each with a tree of its own, so that leaves of one tree pass on in another. */
@NullMarked
package io.espalier.tree.stripe;

import org.jspecify.annotations.NullMarked;
