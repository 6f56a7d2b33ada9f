/** What the shell's stream commands read and print. */
@NullMarked
package io.espalier.catalog.shell;

import org.jspecify.annotations.NullMarked;
