/** The log on console and rolling file, written by Logback. */
@NullMarked
package io.espalier.kernel.launcher.log;

import org.jspecify.annotations.NullMarked;
