/** Tests of the gateway through its door, against fakes and against real brokers. */
@NullMarked
package io.espalier.gateway;

import org.jspecify.annotations.NullMarked;
