/** The Harbors of the cluster: planned, driven by their own replication, and heard by webhook. */
@NullMarked
package io.espalier.replication.harbor;

import org.jspecify.annotations.NullMarked;
