/** The drop folder: jars put there become plug-ins, jars that cannot be used get a reason beside them. */
@NullMarked
package io.espalier.kernel.deploy;

import org.jspecify.annotations.NullMarked;
