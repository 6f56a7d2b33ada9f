@NullMarked
package io.espalier.relay.osgi;

import org.jspecify.annotations.NullMarked;
