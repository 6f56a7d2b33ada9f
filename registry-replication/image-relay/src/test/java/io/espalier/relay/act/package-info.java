@NullMarked
package io.espalier.relay.act;

import org.jspecify.annotations.NullMarked;
