/** One image carried along the tree by executions, hop by hop, and compared at its end. */
@NullMarked
package io.espalier.harbor.run;

import org.jspecify.annotations.NullMarked;
