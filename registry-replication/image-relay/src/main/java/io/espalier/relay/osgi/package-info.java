/** The relay as OSGi components: configuration, services, health check, metrics and shell commands. */
@NullMarked
package io.espalier.relay.osgi;

import org.jspecify.annotations.NullMarked;
