/** The rules of the house held against the code and the jars, and every plug-in in every host it claims. */
@NullMarked
package io.espalier.conformance;

import org.jspecify.annotations.NullMarked;
