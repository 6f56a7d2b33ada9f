/** The Harbors of a cluster: their names, addresses and credentials. */
@NullMarked
package io.espalier.harbor.node;

import org.jspecify.annotations.NullMarked;
