/** The two programs of the distribution: the kernel and its command line. */
@NullMarked
package io.espalier.kernel.launcher;

import org.jspecify.annotations.NullMarked;
