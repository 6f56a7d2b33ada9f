/** A report: the records of one stream that one source sends in one request. */
@NullMarked
package io.espalier.stream.report;

import org.jspecify.annotations.NullMarked;
