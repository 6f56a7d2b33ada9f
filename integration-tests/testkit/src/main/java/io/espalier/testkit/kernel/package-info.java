/** The built distribution, installed and started as an operator would. */
@NullMarked
package io.espalier.testkit.kernel;

import org.jspecify.annotations.NullMarked;
