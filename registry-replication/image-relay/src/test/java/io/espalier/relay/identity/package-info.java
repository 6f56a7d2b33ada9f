@NullMarked
package io.espalier.relay.identity;

import org.jspecify.annotations.NullMarked;
