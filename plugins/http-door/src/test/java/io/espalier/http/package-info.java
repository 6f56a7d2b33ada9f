/** Tests of the door, over real sockets. */
@NullMarked
package io.espalier.http;

import org.jspecify.annotations.NullMarked;
