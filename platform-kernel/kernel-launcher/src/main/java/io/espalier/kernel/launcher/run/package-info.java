/** A run in the foreground with a live display and a closing verdict. */
@NullMarked
package io.espalier.kernel.launcher.run;

import org.jspecify.annotations.NullMarked;
