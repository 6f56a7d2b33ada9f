/** The end of a run: reading stops, what is on its way arrives, and the two sides are compared. */
@NullMarked
package io.espalier.quality.finish;

import org.jspecify.annotations.NullMarked;
