@NullMarked
package io.espalier.replication.authority;

import org.jspecify.annotations.NullMarked;
