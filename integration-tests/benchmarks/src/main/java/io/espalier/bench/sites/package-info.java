/** Sites of a company in network namespaces of this machine: bounded uplinks, delay between them, a registry and a relay in each. */
@NullMarked
package io.espalier.bench.sites;

import org.jspecify.annotations.NullMarked;
