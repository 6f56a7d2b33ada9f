/** Tests of the package. */
@NullMarked
package io.espalier.replication.image;

import org.jspecify.annotations.NullMarked;
