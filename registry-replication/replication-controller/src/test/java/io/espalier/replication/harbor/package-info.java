/** Tests of the Harbors in the controller, against the double of Harbor. */
@NullMarked
package io.espalier.replication.harbor;

import org.jspecify.annotations.NullMarked;
