/** The file terminal as an OSGi plug-in: configuration, services and shell commands. */
@NullMarked
package io.espalier.file.osgi;

import org.jspecify.annotations.NullMarked;
