/** The supervised broker as a Declarative Services component. */
@NullMarked
package io.espalier.kafka.osgi;

import org.jspecify.annotations.NullMarked;
