@NullMarked
package io.espalier.engine.desk;

import org.jspecify.annotations.NullMarked;
