/** Real Docker engines for tests. */
@NullMarked
package io.espalier.testkit.docker;

import org.jspecify.annotations.NullMarked;
