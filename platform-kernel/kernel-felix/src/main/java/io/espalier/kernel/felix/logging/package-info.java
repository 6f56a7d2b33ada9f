/** Carries what bundles and the framework report through OSGi over to slf4j. */
@NullMarked
package io.espalier.kernel.felix.logging;

import org.jspecify.annotations.NullMarked;
