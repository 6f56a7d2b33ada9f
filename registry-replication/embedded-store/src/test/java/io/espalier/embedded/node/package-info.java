@NullMarked
package io.espalier.embedded.node;

import org.jspecify.annotations.NullMarked;
