/** Who this node is: its key, its certificate from the master, whom it trusts, and its sealed registry credentials. */
@NullMarked
package io.espalier.relay.identity;

import org.jspecify.annotations.NullMarked;
