/** OSGi frameworks without our kernel, with the plug-ins of the distribution in them. */
@NullMarked
package io.espalier.conformance.host;

import org.jspecify.annotations.NullMarked;
