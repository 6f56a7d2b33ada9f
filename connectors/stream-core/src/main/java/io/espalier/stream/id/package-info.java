/** Three-part stream ids. */
@NullMarked
package io.espalier.stream.id;

import org.jspecify.annotations.NullMarked;
