package io.espalier.replication.image;

import java.util.List;
import java.util.Locale;

/** The media types of manifests (OCI image specification 1.1 and Docker's image manifest version 2). */
public final class MediaTypes {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    public static final String OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
    private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1";

    private MediaTypes() {}

    public static boolean isIndex(String type) {
        return type.equals(OCI_INDEX) || type.equals(DOCKER_LIST);
    }

    /** Whether it is a manifest or an index of a kind that is sent. */
    public static boolean isKnown(String type) {
        return isIndex(type) || type.equals(OCI_MANIFEST) || type.equals(DOCKER_MANIFEST);
    }

    /** Docker's first manifest format, signed or not, which registries no longer take. */
    public static boolean isSchema1(String type) {
        return type.startsWith(SCHEMA_1);
    }

    /** A layer that its licence keeps out of other registries. */
    public static boolean isForeign(String layerType) {
        return layerType.contains("nondistributable") || layerType.contains(".foreign.");
    }

    /** Without parameters, in lower case. */
    public static String bare(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /** What to ask a registry for; the first format is asked for only to be recognised. */
    public static List<String> accepted() {
        return List.of(
                OCI_INDEX,
                OCI_MANIFEST,
                DOCKER_LIST,
                DOCKER_MANIFEST,
                OCI_ARTIFACT,
                SCHEMA_1 + "+prettyjws",
                SCHEMA_1 + "+json");
    }
}
