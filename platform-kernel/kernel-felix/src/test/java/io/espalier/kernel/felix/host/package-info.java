/** Starts real OSGi frameworks for tests. */
@NullMarked
package io.espalier.kernel.felix.host;

import org.jspecify.annotations.NullMarked;
