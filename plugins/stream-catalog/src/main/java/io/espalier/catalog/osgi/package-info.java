/** The catalog as OSGi components: configuration, services and shell commands. */
@NullMarked
package io.espalier.catalog.osgi;

import org.jspecify.annotations.NullMarked;
