/** Files that are written in flight under a hidden name and become visible whole, by one rename. */
@NullMarked
package io.espalier.file.roll;

import org.jspecify.annotations.NullMarked;
