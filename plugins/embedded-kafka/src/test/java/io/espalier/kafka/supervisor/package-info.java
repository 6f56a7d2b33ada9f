@NullMarked
package io.espalier.kafka.supervisor;

import org.jspecify.annotations.NullMarked;
