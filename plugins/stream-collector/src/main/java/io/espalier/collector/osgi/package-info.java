/** The collector as a Declarative Services component. */
@NullMarked
package io.espalier.collector.osgi;

import org.jspecify.annotations.NullMarked;
