@NullMarked
package io.espalier.replication.control;

import org.jspecify.annotations.NullMarked;
