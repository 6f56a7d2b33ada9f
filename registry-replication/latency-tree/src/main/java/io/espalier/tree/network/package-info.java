/** What is known about nodes and the paths between them: measured, or predicted from coordinates. */
@NullMarked
package io.espalier.tree.network;

import org.jspecify.annotations.NullMarked;
