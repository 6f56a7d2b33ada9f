/** Images of many repositories in one layout: what is shown, kept, collected and checked. */
@NullMarked
package io.espalier.embedded.store;

import org.jspecify.annotations.NullMarked;
