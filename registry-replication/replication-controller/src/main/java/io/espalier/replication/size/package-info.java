/** Numbers of bytes as people write them. */
@NullMarked
package io.espalier.replication.size;

import org.jspecify.annotations.NullMarked;
