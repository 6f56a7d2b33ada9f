/** What the master keeps: ports behind which a database stands, and the rows that go through them. */
@NullMarked
package io.espalier.replication.store;

import org.jspecify.annotations.NullMarked;
