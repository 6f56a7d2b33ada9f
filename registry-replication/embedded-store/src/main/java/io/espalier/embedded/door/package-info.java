/** The store as a registry for pulling over HTTP. */
@NullMarked
package io.espalier.embedded.door;

import org.jspecify.annotations.NullMarked;
