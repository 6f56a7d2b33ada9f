@NullMarked
package io.espalier.relay.spool;

import org.jspecify.annotations.NullMarked;
