/** A cluster of registries with a kernel and its relay beside each. */
@NullMarked
package io.espalier.testkit.replication;

import org.jspecify.annotations.NullMarked;
