/** Feeds and probes over WebSockets: the routes of the parent's end, and the sockets of the child's end, see docs/formats/relay-feed.md. */
@NullMarked
package io.espalier.relay.wire;

import org.jspecify.annotations.NullMarked;
