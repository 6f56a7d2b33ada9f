/** Doors made known to whoever shows an operator where everything is. */
@NullMarked
package io.espalier.http.osgi;

import org.jspecify.annotations.NullMarked;
