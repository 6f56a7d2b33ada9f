/** Plug-ins that failed, remembered across restarts, and when to try them again. */
@NullMarked
package io.espalier.kernel.quarantine;

import org.jspecify.annotations.NullMarked;
