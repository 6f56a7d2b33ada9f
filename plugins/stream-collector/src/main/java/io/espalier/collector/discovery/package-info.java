/** Finds the files that belong to streams. */
@NullMarked
package io.espalier.collector.discovery;

import org.jspecify.annotations.NullMarked;
