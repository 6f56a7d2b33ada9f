/**
 * Chunks from parent to child: what a child wants, who sends next, and how fast. A child opens one feed to each node that it gets
 * chunks from and names the blobs it wants; the parent sends their chunks as it gets them itself.
 */
@NullMarked
package io.espalier.relay.feed;

import org.jspecify.annotations.NullMarked;
