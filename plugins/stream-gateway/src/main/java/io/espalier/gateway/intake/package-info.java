/** Takes in what has been read from a request: finds the stream, checks sizes, hands on to the stream's lane. */
@NullMarked
package io.espalier.gateway.intake;

import org.jspecify.annotations.NullMarked;
