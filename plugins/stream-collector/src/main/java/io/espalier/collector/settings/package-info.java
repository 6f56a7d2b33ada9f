/** What a person configures. */
@NullMarked
package io.espalier.collector.settings;

import org.jspecify.annotations.NullMarked;
