/** What is known of a stream: its definition, and the directory in which it is looked up. */
@NullMarked
package io.espalier.stream.catalog;

import org.jspecify.annotations.NullMarked;
