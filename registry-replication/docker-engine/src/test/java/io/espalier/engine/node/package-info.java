@NullMarked
package io.espalier.engine.node;

import org.jspecify.annotations.NullMarked;
