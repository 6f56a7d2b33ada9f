/** The REST door: the forms of a report on the wire, and the answers. */
@NullMarked
package io.espalier.gateway.http;

import org.jspecify.annotations.NullMarked;
