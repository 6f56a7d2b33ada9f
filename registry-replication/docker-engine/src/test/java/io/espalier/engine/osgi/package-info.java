@NullMarked
package io.espalier.engine.osgi;

import org.jspecify.annotations.NullMarked;
