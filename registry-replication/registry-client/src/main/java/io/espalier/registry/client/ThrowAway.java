package io.espalier.registry.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.name.Digest;
import java.util.UUID;

/** Manifests that a tag is pointed at for a moment, so that it can be deleted alone. */
public final class ThrowAway {
    static final byte[] EMPTY = "{}".getBytes(UTF_8);
    static final Digest EMPTY_DIGEST = Digest.sha256(EMPTY);
    private static final String MARK = "\"io.espalier.deleted\"";
    private static final int MOST_BYTES = 1_000;

    private ThrowAway() {}

    /** Unlike any other, so that no other tag goes with it. */
    static Manifest make() {
        String json = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.OCI_MANIFEST
                + "\",\"config\":{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"" + EMPTY_DIGEST
                + "\",\"size\":" + EMPTY.length + "},\"layers\":[],\"annotations\":{" + MARK + ":\"" + UUID.randomUUID()
                + "\"}}";
        return Manifest.of(MediaTypes.OCI_MANIFEST, json.getBytes(UTF_8));
    }

    /** Whether a tag that points at this is left over from a deletion that was cut off; no image looks like it. */
    public static boolean is(Manifest manifest) {
        if (manifest.size() > MOST_BYTES) {
            return false;
        }
        String json = new String(manifest.bytes(), UTF_8);
        return json.contains(MARK) && json.contains("\"layers\":[]") && json.contains(EMPTY_DIGEST.toString());
    }
}
