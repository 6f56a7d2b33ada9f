@NullMarked
package io.espalier.replication.osgi;

import org.jspecify.annotations.NullMarked;
