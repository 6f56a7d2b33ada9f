/** What {@code ./bench} runs: each benchmark measures its peer or limit in the same run. */
@NullMarked
package io.espalier.bench;

import org.jspecify.annotations.NullMarked;
