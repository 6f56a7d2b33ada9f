/** The catalog's database: its file, its schema and its rows. */
@NullMarked
package io.espalier.catalog.database;

import org.jspecify.annotations.NullMarked;
