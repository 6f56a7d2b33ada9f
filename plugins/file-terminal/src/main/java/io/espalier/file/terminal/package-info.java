/** All writers of the terminal: which streams are written, and what they have in common. */
@NullMarked
package io.espalier.file.terminal;

import org.jspecify.annotations.NullMarked;
