/** The gateway as Declarative Services components. */
@NullMarked
package io.espalier.gateway.osgi;

import org.jspecify.annotations.NullMarked;
