/** Tests of the package. */
@NullMarked
package io.espalier.replication.rest.images;

import org.jspecify.annotations.NullMarked;
