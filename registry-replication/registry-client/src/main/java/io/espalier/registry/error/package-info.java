/** What can go wrong between a client and a registry. */
@NullMarked
package io.espalier.registry.error;

import org.jspecify.annotations.NullMarked;
