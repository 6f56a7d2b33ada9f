/** Topics on a Kafka cluster. */
@NullMarked
package io.espalier.catalog.topic;

import org.jspecify.annotations.NullMarked;
