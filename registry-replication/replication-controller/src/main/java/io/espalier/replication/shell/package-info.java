/** What the shell's node and tree commands read and print. */
@NullMarked
package io.espalier.replication.shell;

import org.jspecify.annotations.NullMarked;
