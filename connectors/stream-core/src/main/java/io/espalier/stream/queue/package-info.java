/** Bounded request queues, one a stream. */
@NullMarked
package io.espalier.stream.queue;

import org.jspecify.annotations.NullMarked;
