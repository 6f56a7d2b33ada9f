/** A store with its door, put together. */
@NullMarked
package io.espalier.embedded.node;

import org.jspecify.annotations.NullMarked;
