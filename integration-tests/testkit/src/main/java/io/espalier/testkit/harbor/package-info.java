/** A test double of Harbor's API over real registries, and the switch to real Harbors. */
@NullMarked
package io.espalier.testkit.harbor;

import org.jspecify.annotations.NullMarked;
