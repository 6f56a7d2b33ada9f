/** Files that survive a crash whole. */
@NullMarked
package io.espalier.files;

import org.jspecify.annotations.NullMarked;
