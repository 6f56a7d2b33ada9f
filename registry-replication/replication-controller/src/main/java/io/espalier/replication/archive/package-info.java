/** Images in tar files: docker-save and OCI layout, read and pushed into the master's registry. */
@NullMarked
package io.espalier.replication.archive;

import org.jspecify.annotations.NullMarked;
