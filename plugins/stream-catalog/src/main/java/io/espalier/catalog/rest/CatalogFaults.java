package io.espalier.catalog.rest;

import io.espalier.catalog.service.CatalogException;
import io.espalier.http.HttpFault;

/** What the catalog refuses, as HTTP answers. */
final class CatalogFaults {
    private static final String RETRY_SECONDS = "5";

    private CatalogFaults() {}

    static HttpFault of(CatalogException refused) {
        return of(refused, 409);
    }

    /** @param staleStatus 412 where the version came by {@code If-Match} (RFC 9110, 13.1.1), else 409 */
    static HttpFault of(CatalogException refused, int staleStatus) {
        HttpFault fault =
                switch (refused.code()) {
                    case BAD_DEFINITION -> fault(400, refused);
                    case NO_SUCH_STREAM -> fault(404, refused);
                    case STREAM_EXISTS, TOPIC_MISMATCH -> fault(409, refused);
                    case STALE_VERSION -> fault(staleStatus, refused);
                    case TOPIC_REFUSED -> fault(502, refused);
                    case NO_CLUSTER, STORE_FAILED -> fault(503, refused).header("Retry-After", RETRY_SECONDS);
                };
        return refused.currentVersion().isPresent()
                ? fault.header("ETag", StreamJson.etag(refused.currentVersion().getAsLong()))
                : fault;
    }

    private static HttpFault fault(int status, CatalogException refused) {
        return new HttpFault(status, refused.code().name(), refused.sentence());
    }
}
