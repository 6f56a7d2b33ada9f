/** The memory that requests may hold, shared among the streams. */
@NullMarked
package io.espalier.gateway.memory;

import org.jspecify.annotations.NullMarked;
