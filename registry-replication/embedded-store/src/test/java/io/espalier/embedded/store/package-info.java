@NullMarked
package io.espalier.embedded.store;

import org.jspecify.annotations.NullMarked;
