/** Tests of the package of the same name. */
@NullMarked
package io.espalier.file.roll;

import org.jspecify.annotations.NullMarked;
