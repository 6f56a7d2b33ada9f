/** One Kafka broker with its own controller, started in this JVM or in a process of its own. */
@NullMarked
package io.espalier.kafka.embedded;

import org.jspecify.annotations.NullMarked;
