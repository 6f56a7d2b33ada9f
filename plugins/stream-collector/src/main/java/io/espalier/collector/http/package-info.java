/** Speaks to the gateway and the catalog by HTTP. */
@NullMarked
package io.espalier.collector.http;

import org.jspecify.annotations.NullMarked;
