/** Where Kafka is. */
@NullMarked
package io.espalier.stream.cluster;

import org.jspecify.annotations.NullMarked;
