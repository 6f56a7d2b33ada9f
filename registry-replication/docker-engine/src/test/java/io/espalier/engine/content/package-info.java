@NullMarked
package io.espalier.engine.content;

import org.jspecify.annotations.NullMarked;
