/** Tails files into isolated streams; the public face is the collector itself. */
@NullMarked
package io.espalier.collector;

import org.jspecify.annotations.NullMarked;
