/** What is asked of one Harbor: its facts, registries, policies, executions, projects and artifacts. */
@NullMarked
package io.espalier.harbor.session;

import org.jspecify.annotations.NullMarked;
