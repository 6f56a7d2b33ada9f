/** Stand-ins for the module system and the clock, and real jars. */
@NullMarked
package io.espalier.kernel.fakes;

import org.jspecify.annotations.NullMarked;
