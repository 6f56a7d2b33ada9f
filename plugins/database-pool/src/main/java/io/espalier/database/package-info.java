/** A database with pool and migrations, embedded or on a server, shared by the plug-ins that keep state. */
@NullMarked
package io.espalier.database;

import org.jspecify.annotations.NullMarked;
