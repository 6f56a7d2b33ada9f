/** Where a registry is and how to talk to it. */
@NullMarked
package io.espalier.registry.endpoint;

import org.jspecify.annotations.NullMarked;
