/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.node;

import org.jspecify.annotations.NullMarked;
