@NullMarked
package io.espalier.replication.node;

import org.jspecify.annotations.NullMarked;
