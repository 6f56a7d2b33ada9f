/** The writer of one stream: one thread that reads the stream's records and writes its files. */
@NullMarked
package io.espalier.file.writer;

import org.jspecify.annotations.NullMarked;
