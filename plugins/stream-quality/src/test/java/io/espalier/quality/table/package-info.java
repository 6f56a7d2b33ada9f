/** Tests of the package of the same name. */
@NullMarked
package io.espalier.quality.table;

import org.jspecify.annotations.NullMarked;
