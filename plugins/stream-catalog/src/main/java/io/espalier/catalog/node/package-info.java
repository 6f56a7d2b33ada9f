/** The whole catalog put together: database, topics and REST door. */
@NullMarked
package io.espalier.catalog.node;

import org.jspecify.annotations.NullMarked;
