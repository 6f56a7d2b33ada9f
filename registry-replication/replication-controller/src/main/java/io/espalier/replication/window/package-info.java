/** Times of day at which nodes take images. */
@NullMarked
package io.espalier.replication.window;

import org.jspecify.annotations.NullMarked;
