package io.espalier.registry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;

/** Tells a registry's 404 from that of a proxy, a login page or a server that is none. */
final class Absence {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Of the OCI distribution specification 1.1.1, "Error Codes"; NOT_FOUND is Harbor's. */
    private static final Set<String> CODES =
            Set.of("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND", "MANIFEST_BLOB_UNKNOWN");

    private Absence() {}

    static boolean isSaid(byte[] body) {
        try {
            for (JsonNode error : JSON.readTree(body).path("errors")) {
                if (CODES.contains(error.path("code").asText(""))) {
                    return true;
                }
            }
            return false;
        } catch (IOException notJson) {
            return false;
        }
    }
}
