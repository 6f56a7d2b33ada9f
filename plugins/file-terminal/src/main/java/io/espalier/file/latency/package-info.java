/** Latencies from the reading of a record at its source to the writing of its line. */
@NullMarked
package io.espalier.file.latency;

import org.jspecify.annotations.NullMarked;
