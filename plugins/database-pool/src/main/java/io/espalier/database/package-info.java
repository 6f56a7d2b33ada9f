/** An embedded database with pool and migrations, shared by the plug-ins that keep state. */
@NullMarked
package io.espalier.database;

import org.jspecify.annotations.NullMarked;
