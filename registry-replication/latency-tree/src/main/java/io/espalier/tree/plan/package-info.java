/** A distribution tree with its predicted times, and the one model that predicts them. */
@NullMarked
package io.espalier.tree.plan;

import org.jspecify.annotations.NullMarked;
