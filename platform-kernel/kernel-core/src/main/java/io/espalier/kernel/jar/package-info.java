/** Looks at jar files before anybody runs them: whole or not, whose content, whose name. */
@NullMarked
package io.espalier.kernel.jar;

import org.jspecify.annotations.NullMarked;
