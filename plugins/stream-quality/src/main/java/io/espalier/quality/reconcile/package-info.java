/** What was read at the sources, compared with what stands in the written files. */
@NullMarked
package io.espalier.quality.reconcile;

import org.jspecify.annotations.NullMarked;
