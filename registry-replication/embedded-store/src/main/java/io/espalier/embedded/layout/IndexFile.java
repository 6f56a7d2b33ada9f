package io.espalier.embedded.layout;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.files.DurableFiles;
import io.espalier.registry.content.MediaTypes;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/**
 * The layout's {@code index.json}: every tag of every repository under the name {@code REPOSITORY:TAG}, so that tools that read OCI
 * layouts find the images. It is made from what the repositories show, and made again when it differs.
 */
public final class IndexFile {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final LayoutFolder folder;

    public IndexFile(LayoutFolder folder) {
        this.folder = folder;
    }

    /** A tag, under a name as {@code team/app:v1}. */
    public record Entry(String name, String mediaType, Digest digest, long size) {}

    /** Replaces the file in one step if it says something else. */
    public void write(List<Entry> entries) throws RegistryException {
        ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        ArrayNode manifests = index.putArray("manifests");
        for (Entry entry : entries) {
            manifests
                    .addObject()
                    .put("mediaType", entry.mediaType())
                    .put("digest", entry.digest().toString())
                    .put("size", entry.size())
                    .putObject("annotations")
                    .put(REF_NAME, entry.name());
        }
        try {
            byte[] bytes = JSON.writeValueAsBytes(index);
            if (!Files.exists(folder.index()) || !Arrays.equals(Files.readAllBytes(folder.index()), bytes)) {
                DurableFiles.replace(folder.index(), bytes);
            }
        } catch (IOException e) {
            throw DiskFaults.of("write " + folder.index(), e);
        }
    }
}
