/** Keeps one broker running in a child process. */
@NullMarked
package io.espalier.kafka.supervisor;

import org.jspecify.annotations.NullMarked;
