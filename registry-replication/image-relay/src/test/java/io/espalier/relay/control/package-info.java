@NullMarked
package io.espalier.relay.control;

import org.jspecify.annotations.NullMarked;
