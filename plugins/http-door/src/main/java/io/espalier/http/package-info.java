/** The HTTP server that every REST door stands on, and the one form of its errors. */
@NullMarked
package io.espalier.http;

import org.jspecify.annotations.NullMarked;
