/** Programs as child processes that never outlive their test. */
@NullMarked
package io.espalier.testkit.process;

import org.jspecify.annotations.NullMarked;
