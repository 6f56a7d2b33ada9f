/** Whether an image runs: the engine as a port, the test of one image, its rules and its result. */
@NullMarked
package io.espalier.engine.check;

import org.jspecify.annotations.NullMarked;
