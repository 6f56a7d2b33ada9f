@NullMarked
package io.espalier.relay.protocol;

import org.jspecify.annotations.NullMarked;
