/** The size-aware planner: regions, rates, capacities, least predicted completion. */
@NullMarked
package io.espalier.tree.planned;

import org.jspecify.annotations.NullMarked;
