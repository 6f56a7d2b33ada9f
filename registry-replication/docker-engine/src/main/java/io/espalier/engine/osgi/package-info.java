/** The Docker engine as OSGi components: configuration, release gate, arrival listener, health check and shell commands. */
@NullMarked
package io.espalier.engine.osgi;

import org.jspecify.annotations.NullMarked;
