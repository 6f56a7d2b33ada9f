/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.definition;

import org.jspecify.annotations.NullMarked;
