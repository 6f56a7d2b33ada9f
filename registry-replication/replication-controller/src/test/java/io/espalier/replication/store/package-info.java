@NullMarked
package io.espalier.replication.store;

import org.jspecify.annotations.NullMarked;
