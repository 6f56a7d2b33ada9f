package io.espalier.replication.rest.removals;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/removals}.
 *
 * @param mode untag or delete; null for that of the policy
 * @param dryRun whether only to say what would go; null for no
 */
record RemovalRequest(
        @Nullable String repository,
        @Nullable String tag,
        @Nullable String mode,
        @Nullable Boolean dryRun) {}
