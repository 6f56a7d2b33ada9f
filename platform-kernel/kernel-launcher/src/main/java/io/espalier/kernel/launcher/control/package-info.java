/** The client side of the control socket, and the command line that uses it. */
@NullMarked
package io.espalier.kernel.launcher.control;

import org.jspecify.annotations.NullMarked;
