/** What belongs to an image: its closure in the master's registry, filters, and the hashes of its chunks. */
@NullMarked
package io.espalier.replication.image;

import org.jspecify.annotations.NullMarked;
