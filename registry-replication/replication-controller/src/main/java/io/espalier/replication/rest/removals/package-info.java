/** Routes about images that are gone from the master's registry. */
@NullMarked
package io.espalier.replication.rest.removals;

import org.jspecify.annotations.NullMarked;
