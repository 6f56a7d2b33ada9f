/** Files as they are tailed: who a file is, and which records its bytes hold. */
@NullMarked
package io.espalier.collector.file;

import org.jspecify.annotations.NullMarked;
