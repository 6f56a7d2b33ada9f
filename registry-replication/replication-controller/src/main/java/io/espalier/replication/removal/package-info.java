/** Images that are gone from the master's registry: whether nodes let them go too, when, and how far that is. */
@NullMarked
package io.espalier.replication.removal;

import org.jspecify.annotations.NullMarked;
