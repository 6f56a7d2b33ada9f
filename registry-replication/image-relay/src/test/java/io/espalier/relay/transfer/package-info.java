@NullMarked
package io.espalier.relay.transfer;

import org.jspecify.annotations.NullMarked;
