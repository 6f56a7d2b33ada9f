/** Tests of the package of this name. */
@NullMarked
package io.espalier.stream.record;

import org.jspecify.annotations.NullMarked;
