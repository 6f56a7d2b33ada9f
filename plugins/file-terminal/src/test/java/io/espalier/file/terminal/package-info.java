/** Tests of the package of the same name. */
@NullMarked
package io.espalier.file.terminal;

import org.jspecify.annotations.NullMarked;
