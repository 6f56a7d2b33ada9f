/** A relay node put together: settings, identity, registry, door, engine and the link to the master. Knows no framework. */
@NullMarked
package io.espalier.relay.node;

import org.jspecify.annotations.NullMarked;
