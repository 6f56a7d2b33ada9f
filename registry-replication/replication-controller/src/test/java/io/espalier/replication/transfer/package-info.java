/** Tests of the package. */
@NullMarked
package io.espalier.replication.transfer;

import org.jspecify.annotations.NullMarked;
