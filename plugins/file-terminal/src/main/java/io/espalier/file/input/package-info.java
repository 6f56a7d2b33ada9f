/** The port through which records come in; Kafka is behind it today. */
@NullMarked
package io.espalier.file.input;

import org.jspecify.annotations.NullMarked;
