@NullMarked
package io.espalier.replication.backup;

import org.jspecify.annotations.NullMarked;
