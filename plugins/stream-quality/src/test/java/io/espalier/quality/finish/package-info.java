/** Tests of the package of the same name. */
@NullMarked
package io.espalier.quality.finish;

import org.jspecify.annotations.NullMarked;
