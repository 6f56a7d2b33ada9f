@NullMarked
package io.espalier.replication.size;

import org.jspecify.annotations.NullMarked;
