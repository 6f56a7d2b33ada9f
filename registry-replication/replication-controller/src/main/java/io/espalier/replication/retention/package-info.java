/** Hints which images are old enough to be deleted; nothing here deletes. */
@NullMarked
package io.espalier.replication.retention;

import org.jspecify.annotations.NullMarked;
