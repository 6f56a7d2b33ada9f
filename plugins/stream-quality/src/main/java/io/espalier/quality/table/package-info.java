/** What all stages count, as one table. */
@NullMarked
package io.espalier.quality.table;

import org.jspecify.annotations.NullMarked;
