/** Real Kafka brokers for tests. */
@NullMarked
package io.espalier.testkit.kafka;

import org.jspecify.annotations.NullMarked;
