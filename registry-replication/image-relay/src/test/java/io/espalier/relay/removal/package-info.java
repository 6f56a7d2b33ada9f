@NullMarked
package io.espalier.relay.removal;

import org.jspecify.annotations.NullMarked;
