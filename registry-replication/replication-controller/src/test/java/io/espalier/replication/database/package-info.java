@NullMarked
package io.espalier.replication.database;

import org.jspecify.annotations.NullMarked;
