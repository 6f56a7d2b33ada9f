/** Tests of the package of the same name. */
@NullMarked
package io.espalier.file.osgi;

import org.jspecify.annotations.NullMarked;
