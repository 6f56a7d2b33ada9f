/** A network link whose delay, rate and faults a test decides. */
@NullMarked
package io.espalier.testkit.link;

import org.jspecify.annotations.NullMarked;
