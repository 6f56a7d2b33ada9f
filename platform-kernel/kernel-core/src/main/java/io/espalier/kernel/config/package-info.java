/** Configuration as people write it, checked against what a plug-in declares, all mistakes at once. */
@NullMarked
package io.espalier.kernel.config;

import org.jspecify.annotations.NullMarked;
