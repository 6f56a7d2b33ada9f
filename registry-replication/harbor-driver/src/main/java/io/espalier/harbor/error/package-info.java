/** How calls of Harbor fail: a code to count and a sentence to read. */
@NullMarked
package io.espalier.harbor.error;

import org.jspecify.annotations.NullMarked;
