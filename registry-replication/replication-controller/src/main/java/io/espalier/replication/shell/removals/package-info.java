/** Commands about images that are gone from the master's registry. */
@NullMarked
package io.espalier.replication.shell.removals;

import org.jspecify.annotations.NullMarked;
