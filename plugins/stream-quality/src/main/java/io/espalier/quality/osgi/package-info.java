/** Stream quality as an OSGi plug-in: the commands stream:top and stream:finish. */
@NullMarked
package io.espalier.quality.osgi;

import org.jspecify.annotations.NullMarked;
