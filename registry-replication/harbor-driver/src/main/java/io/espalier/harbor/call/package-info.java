/** Single calls through the generated client: who asks, what is tried again, what an answer means. */
@NullMarked
package io.espalier.harbor.call;

import org.jspecify.annotations.NullMarked;
