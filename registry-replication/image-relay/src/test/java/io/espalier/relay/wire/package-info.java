@NullMarked
package io.espalier.relay.wire;

import org.jspecify.annotations.NullMarked;
