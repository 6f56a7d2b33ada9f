@NullMarked
package io.espalier.relay.seal;

import org.jspecify.annotations.NullMarked;
