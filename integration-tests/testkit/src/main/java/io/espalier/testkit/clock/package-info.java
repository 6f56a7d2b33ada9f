/** Time that tests make pass. */
@NullMarked
package io.espalier.testkit.clock;

import org.jspecify.annotations.NullMarked;
