/** What Harbor tells by webhook, in both of its formats. */
@NullMarked
package io.espalier.harbor.webhook;

import org.jspecify.annotations.NullMarked;
