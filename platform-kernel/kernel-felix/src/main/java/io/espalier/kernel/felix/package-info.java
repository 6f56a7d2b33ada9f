/** The kernel on an OSGi framework: the bundle's activator and what it puts together. */
@NullMarked
package io.espalier.kernel.felix;

import org.jspecify.annotations.NullMarked;
