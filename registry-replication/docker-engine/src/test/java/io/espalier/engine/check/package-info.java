@NullMarked
package io.espalier.engine.check;

import org.jspecify.annotations.NullMarked;
