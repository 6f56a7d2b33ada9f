/** The words and texts of the shell's image commands. */
@NullMarked
package io.espalier.replication.shell.images;

import org.jspecify.annotations.NullMarked;
