/** One record as one JSON line (docs/formats/files.md). */
@NullMarked
package io.espalier.file.line;

import org.jspecify.annotations.NullMarked;
