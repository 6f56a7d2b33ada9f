/** Tests of what follows when images are gone. */
@NullMarked
package io.espalier.replication.removal;

import org.jspecify.annotations.NullMarked;
