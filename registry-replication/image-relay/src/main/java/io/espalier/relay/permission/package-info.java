/** Permissions that the master signs, and how the node that one is shown to checks it: text, signature, time, and one use only. */
@NullMarked
package io.espalier.relay.permission;

import org.jspecify.annotations.NullMarked;
