/** A log that writes itself, for demonstrations. */
@NullMarked
package io.espalier.collector.generate;

import org.jspecify.annotations.NullMarked;
