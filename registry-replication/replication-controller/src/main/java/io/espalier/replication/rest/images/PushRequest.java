package io.espalier.replication.rest.images;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/images/push}.
 *
 * @param tag or a digest; null for {@code latest}
 * @param dryRun whether only to say what would be sent; null for no
 * @param priority 1 to 10; null for that of the rules
 */
record PushRequest(
        @Nullable String repository,
        @Nullable String tag,
        @Nullable Boolean dryRun,
        @Nullable Integer priority) {}
