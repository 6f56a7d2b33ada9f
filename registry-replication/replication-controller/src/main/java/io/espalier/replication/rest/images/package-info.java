/** Images and transfers over the controller's REST door. */
@NullMarked
package io.espalier.replication.rest.images;

import org.jspecify.annotations.NullMarked;
