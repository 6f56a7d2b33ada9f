/** What outlives a restart: how far each source of a stream has been acknowledged. */
@NullMarked
package io.espalier.collector.checkpoint;

import org.jspecify.annotations.NullMarked;
