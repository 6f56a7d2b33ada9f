/** Tests of the package of the same name. */
@NullMarked
package io.espalier.catalog.osgi;

import org.jspecify.annotations.NullMarked;
