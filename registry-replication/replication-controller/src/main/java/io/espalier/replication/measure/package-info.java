/** What is known about the paths between the nodes, how it is measured, and how it becomes the network that plans are made for. */
@NullMarked
package io.espalier.replication.measure;

import org.jspecify.annotations.NullMarked;
