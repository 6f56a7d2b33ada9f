/** Tests of hints about old images. */
@NullMarked
package io.espalier.replication.retention;

import org.jspecify.annotations.NullMarked;
