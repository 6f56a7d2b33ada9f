/** Which tree transfers of a size take, when it changes, and the routes that the nodes are told. */
@NullMarked
package io.espalier.replication.plan;

import org.jspecify.annotations.NullMarked;
