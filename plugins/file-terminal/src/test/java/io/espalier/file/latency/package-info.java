/** Tests of the package of the same name. */
@NullMarked
package io.espalier.file.latency;

import org.jspecify.annotations.NullMarked;
