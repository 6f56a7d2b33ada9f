/** What a client writes about a stream, read field by field with every mistake named at once. */
@NullMarked
package io.espalier.catalog.definition;

import org.jspecify.annotations.NullMarked;
