/** Nodes, trees and measurements over the controller's REST door. */
@NullMarked
package io.espalier.replication.rest;

import org.jspecify.annotations.NullMarked;
