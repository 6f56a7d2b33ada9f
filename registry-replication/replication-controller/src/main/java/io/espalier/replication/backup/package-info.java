/** A copy of what the master must not lose, in one file. */
@NullMarked
package io.espalier.replication.backup;

import org.jspecify.annotations.NullMarked;
