/** Tests of the components' configuration. */
@NullMarked
package io.espalier.gateway.osgi;

import org.jspecify.annotations.NullMarked;
