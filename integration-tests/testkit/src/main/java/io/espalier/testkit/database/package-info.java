/** Real database servers as child processes. */
@NullMarked
package io.espalier.testkit.database;

import org.jspecify.annotations.NullMarked;
