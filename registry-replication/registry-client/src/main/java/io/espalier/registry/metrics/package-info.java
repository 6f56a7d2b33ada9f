/** Counters of a client's work. */
@NullMarked
package io.espalier.registry.metrics;

import org.jspecify.annotations.NullMarked;
