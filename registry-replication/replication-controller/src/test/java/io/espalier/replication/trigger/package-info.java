/** Tests of the package. */
@NullMarked
package io.espalier.replication.trigger;

import org.jspecify.annotations.NullMarked;
