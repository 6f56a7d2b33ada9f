/** Records from Kafka, with a consumer for each stream. */
@NullMarked
package io.espalier.file.kafka;

import org.jspecify.annotations.NullMarked;
