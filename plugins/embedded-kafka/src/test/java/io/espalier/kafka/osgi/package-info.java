@NullMarked
package io.espalier.kafka.osgi;

import org.jspecify.annotations.NullMarked;
