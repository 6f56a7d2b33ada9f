/** Tests of the package. */
@NullMarked
package io.espalier.replication.rest.removals;

import org.jspecify.annotations.NullMarked;
