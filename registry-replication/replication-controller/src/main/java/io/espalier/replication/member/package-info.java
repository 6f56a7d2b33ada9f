/** Who belongs to the cluster, who is there now, and how to talk to them. */
@NullMarked
package io.espalier.replication.member;

import org.jspecify.annotations.NullMarked;
