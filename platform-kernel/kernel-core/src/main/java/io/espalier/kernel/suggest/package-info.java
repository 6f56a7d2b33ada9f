/** What somebody probably meant to write. */
@NullMarked
package io.espalier.kernel.suggest;

import org.jspecify.annotations.NullMarked;
