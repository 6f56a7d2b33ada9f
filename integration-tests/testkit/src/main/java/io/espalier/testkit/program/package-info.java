/** Programs of the machine that a test needs. */
@NullMarked
package io.espalier.testkit.program;

import org.jspecify.annotations.NullMarked;
