/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.shell;

import org.jspecify.annotations.NullMarked;
