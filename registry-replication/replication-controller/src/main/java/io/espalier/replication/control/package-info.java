/** Who may do what where: rules, the master's answer to requests of nodes, signed permissions, and the audit of all of them. */
@NullMarked
package io.espalier.replication.control;

import org.jspecify.annotations.NullMarked;
