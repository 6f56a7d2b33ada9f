/** Figures for Prometheus. */
@NullMarked
package io.espalier.replication.metrics;

import org.jspecify.annotations.NullMarked;
