/** Health, readiness and metrics of the kernel, and the HTTP endpoint that shows them. */
@NullMarked
package io.espalier.kernel.felix.health;

import org.jspecify.annotations.NullMarked;
