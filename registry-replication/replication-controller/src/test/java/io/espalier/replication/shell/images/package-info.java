/** Tests of the package. */
@NullMarked
package io.espalier.replication.shell.images;

import org.jspecify.annotations.NullMarked;
