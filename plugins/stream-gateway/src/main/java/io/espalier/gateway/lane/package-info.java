/** One lane a stream: its bounded queue, its worker, its writer; a lane that hangs holds up no other. */
@NullMarked
package io.espalier.gateway.lane;

import org.jspecify.annotations.NullMarked;
