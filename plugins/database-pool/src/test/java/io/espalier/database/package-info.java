/** Tests of the package of the same name. */
@NullMarked
package io.espalier.database;

import org.jspecify.annotations.NullMarked;
