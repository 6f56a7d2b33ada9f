/** One request after another: redirects, retries, pauses, streamed bodies. */
@NullMarked
package io.espalier.registry.http;

import org.jspecify.annotations.NullMarked;
