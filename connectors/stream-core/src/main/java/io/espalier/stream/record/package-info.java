/** One record of a stream and the headers that carry its identity through Kafka (docs/formats/record.md). */
@NullMarked
package io.espalier.stream.record;

import org.jspecify.annotations.NullMarked;
