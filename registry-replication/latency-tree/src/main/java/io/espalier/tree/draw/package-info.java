/** A plan as text. */
@NullMarked
package io.espalier.tree.draw;

import org.jspecify.annotations.NullMarked;
