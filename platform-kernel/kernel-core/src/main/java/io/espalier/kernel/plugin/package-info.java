/** Plug-ins as the kernel sees them, and the port through which it drives them. */
@NullMarked
package io.espalier.kernel.plugin;

import org.jspecify.annotations.NullMarked;
