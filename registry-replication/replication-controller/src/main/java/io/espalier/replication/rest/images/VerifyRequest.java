package io.espalier.replication.rest.images;

import org.jspecify.annotations.Nullable;

/**
 * Body of {@code POST /v1/images/verify}.
 *
 * @param tag or a digest; null for {@code latest}
 * @param deep whether to hash every byte; null for no
 * @param bytesPerSecond most that each node reads for that, 0 for no limit; null for the usual
 */
record VerifyRequest(
        @Nullable String repository,
        @Nullable String tag,
        @Nullable Boolean deep,
        @Nullable Long bytesPerSecond) {}
