/** The kernel's Gogo commands. */
@NullMarked
package io.espalier.kernel.felix.shell;

import org.jspecify.annotations.NullMarked;
