/** The greedy rule: level by level, every node takes the nodes that are nearest to it. */
@NullMarked
package io.espalier.tree.greedy;

import org.jspecify.annotations.NullMarked;
