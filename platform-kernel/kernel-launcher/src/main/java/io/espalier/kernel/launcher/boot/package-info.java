/** Program start: folders, framework, system bundles. */
@NullMarked
package io.espalier.kernel.launcher.boot;

import org.jspecify.annotations.NullMarked;
