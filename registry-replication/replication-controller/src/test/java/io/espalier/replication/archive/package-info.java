/** Tests of the package. */
@NullMarked
package io.espalier.replication.archive;

import org.jspecify.annotations.NullMarked;
