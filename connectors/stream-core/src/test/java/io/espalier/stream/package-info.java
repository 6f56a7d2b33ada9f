/** Rules that hold for the whole module. */
@NullMarked
package io.espalier.stream;

import org.jspecify.annotations.NullMarked;
