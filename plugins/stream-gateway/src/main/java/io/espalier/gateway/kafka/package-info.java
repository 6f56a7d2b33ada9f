/** Writes lanes' reports to Kafka: one producer a stream that has traffic. */
@NullMarked
package io.espalier.gateway.kafka;

import org.jspecify.annotations.NullMarked;
