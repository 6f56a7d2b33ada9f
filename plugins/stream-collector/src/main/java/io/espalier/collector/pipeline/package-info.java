/** One pipeline a stream, on a thread of its own. */
@NullMarked
package io.espalier.collector.pipeline;

import org.jspecify.annotations.NullMarked;
