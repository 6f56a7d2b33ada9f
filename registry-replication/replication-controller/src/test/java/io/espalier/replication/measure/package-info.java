@NullMarked
package io.espalier.replication.measure;

import org.jspecify.annotations.NullMarked;
