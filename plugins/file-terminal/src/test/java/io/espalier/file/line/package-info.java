/** Tests of the package of the same name. */
@NullMarked
package io.espalier.file.line;

import org.jspecify.annotations.NullMarked;
