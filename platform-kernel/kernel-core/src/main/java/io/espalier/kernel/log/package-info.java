/** The log as operators read and steer it, whatever library writes it. */
@NullMarked
package io.espalier.kernel.log;

import org.jspecify.annotations.NullMarked;
