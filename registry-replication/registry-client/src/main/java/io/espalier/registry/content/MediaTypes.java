package io.espalier.registry.content;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Media types of manifests and layers. */
public final class MediaTypes {
    public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    public static final String DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    /** Of an early draft of OCI 1.1; registries do not take it any more. */
    public static final String OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";

    public static final String DOCKER_SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
    public static final String DOCKER_SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /** What to ask for: all that is read, then schema 1 only to recognise it. */
    public static final List<String> ACCEPTED =
            List.of(OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, DOCKER_SCHEMA1_SIGNED, DOCKER_SCHEMA1);

    private static final Set<String> INDEXES = Set.of(OCI_INDEX, DOCKER_LIST);
    private static final Set<String> IMAGES = Set.of(OCI_MANIFEST, DOCKER_MANIFEST);

    private MediaTypes() {}

    /** Whether it is an index of manifests. */
    public static boolean isIndex(String mediaType) {
        return INDEXES.contains(mediaType);
    }

    /** Whether it is a manifest of configuration and layers. */
    public static boolean isImage(String mediaType) {
        return IMAGES.contains(mediaType);
    }

    /** Whether it is a manifest or an index. */
    public static boolean isManifest(String mediaType) {
        return isIndex(mediaType) || isImage(mediaType);
    }

    /** Whether it is Docker's first manifest format. */
    public static boolean isSchema1(String mediaType) {
        return mediaType.equals(DOCKER_SCHEMA1) || mediaType.equals(DOCKER_SCHEMA1_SIGNED);
    }

    /** Whether it is a layer that its owner wants to be fetched from elsewhere. */
    public static boolean isForeignLayer(String mediaType) {
        return mediaType.startsWith("application/vnd.docker.image.rootfs.foreign.")
                || mediaType.startsWith("application/vnd.oci.image.layer.nondistributable.");
    }

    /** The type without parameters, in lower case. */
    public static String bare(String contentType) {
        int semicolon = contentType.indexOf(';');
        String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return type.strip().toLowerCase(Locale.ROOT);
    }
}
