/** The master's state in a relational database, in SQL that every supported one speaks. */
@NullMarked
package io.espalier.replication.database;

import org.jspecify.annotations.NullMarked;
