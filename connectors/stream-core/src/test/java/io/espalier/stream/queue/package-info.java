/** Tests of the package of this name. */
@NullMarked
package io.espalier.stream.queue;

import org.jspecify.annotations.NullMarked;
