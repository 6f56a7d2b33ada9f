@NullMarked
package io.espalier.relay.node;

import org.jspecify.annotations.NullMarked;
