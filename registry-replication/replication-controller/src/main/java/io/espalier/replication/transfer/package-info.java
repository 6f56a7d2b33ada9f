/** Transfers from the change of a tag to the last node that has it. */
@NullMarked
package io.espalier.replication.transfer;

import org.jspecify.annotations.NullMarked;
