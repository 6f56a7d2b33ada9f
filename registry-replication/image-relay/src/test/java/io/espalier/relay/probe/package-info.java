@NullMarked
package io.espalier.relay.probe;

import org.jspecify.annotations.NullMarked;
