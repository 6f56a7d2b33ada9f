@NullMarked
package io.espalier.relay.feed;

import org.jspecify.annotations.NullMarked;
