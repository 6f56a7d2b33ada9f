/** The controller as OSGi components: configuration, services, shell commands and health. */
@NullMarked
package io.espalier.replication.osgi;

import org.jspecify.annotations.NullMarked;
