/** The control socket: commands from other programs of the same user. */
@NullMarked
package io.espalier.kernel.felix.control;

import org.jspecify.annotations.NullMarked;
