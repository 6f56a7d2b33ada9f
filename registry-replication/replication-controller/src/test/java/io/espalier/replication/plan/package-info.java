@NullMarked
package io.espalier.replication.plan;

import org.jspecify.annotations.NullMarked;
