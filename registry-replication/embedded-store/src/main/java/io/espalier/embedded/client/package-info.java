/** The store as a registry for programs of the same process. */
@NullMarked
package io.espalier.embedded.client;

import org.jspecify.annotations.NullMarked;
