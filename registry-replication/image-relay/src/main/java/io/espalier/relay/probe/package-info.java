/** How near a node's peers are: round trips, copy rates, and answers of their registries. */
@NullMarked
package io.espalier.relay.probe;

import org.jspecify.annotations.NullMarked;
