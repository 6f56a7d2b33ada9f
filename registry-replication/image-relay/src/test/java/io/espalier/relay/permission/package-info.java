@NullMarked
package io.espalier.relay.permission;

import org.jspecify.annotations.NullMarked;
