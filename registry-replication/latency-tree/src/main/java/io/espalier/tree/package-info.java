/** Measurements to a distribution tree: planners, predicted times, bounds, simulator; plain Java. */
@NullMarked
package io.espalier.tree;

import org.jspecify.annotations.NullMarked;
