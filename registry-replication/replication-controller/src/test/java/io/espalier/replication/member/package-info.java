@NullMarked
package io.espalier.replication.member;

import org.jspecify.annotations.NullMarked;
