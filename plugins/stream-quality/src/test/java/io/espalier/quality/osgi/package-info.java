/** Tests of the package of the same name. */
@NullMarked
package io.espalier.quality.osgi;

import org.jspecify.annotations.NullMarked;
