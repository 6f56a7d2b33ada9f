/** Names what of a removed plug-in survives. */
@NullMarked
package io.espalier.kernel.leak;

import org.jspecify.annotations.NullMarked;
