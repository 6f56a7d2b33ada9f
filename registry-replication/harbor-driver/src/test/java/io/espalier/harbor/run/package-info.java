/** Tests against the double of Harbor, and against real ones where the environment names them. */
@NullMarked
package io.espalier.harbor.run;

import org.jspecify.annotations.NullMarked;
