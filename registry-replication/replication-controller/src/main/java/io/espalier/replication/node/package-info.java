/** The whole controller put together, without a framework. */
@NullMarked
package io.espalier.replication.node;

import org.jspecify.annotations.NullMarked;
