/** The port to engines, spoken with the Docker Java client over a unix socket. */
@NullMarked
package io.espalier.engine.docker;

import org.jspecify.annotations.NullMarked;
