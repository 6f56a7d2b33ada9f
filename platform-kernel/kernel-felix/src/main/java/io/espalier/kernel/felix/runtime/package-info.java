/** Plug-ins as OSGi bundles: installs, starts, removes them and says what they lack. */
@NullMarked
package io.espalier.kernel.felix.runtime;

import org.jspecify.annotations.NullMarked;
