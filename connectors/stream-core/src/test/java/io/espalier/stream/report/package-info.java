/** Tests of the package of this name. */
@NullMarked
package io.espalier.stream.report;

import org.jspecify.annotations.NullMarked;
