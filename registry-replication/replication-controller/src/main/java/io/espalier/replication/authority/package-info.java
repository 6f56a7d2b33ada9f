/** Who may belong to the cluster: its certificate authority, join tokens, and membership. */
@NullMarked
package io.espalier.replication.authority;

import org.jspecify.annotations.NullMarked;
