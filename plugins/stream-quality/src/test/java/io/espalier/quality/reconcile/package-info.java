/** Tests of the package of the same name. */
@NullMarked
package io.espalier.quality.reconcile;

import org.jspecify.annotations.NullMarked;
