@NullMarked
package io.espalier.kafka.embedded;

import org.jspecify.annotations.NullMarked;
