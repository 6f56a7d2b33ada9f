package io.espalier.testkit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes sample images to disk as {@code docker save} and as OCI layout, the latter as folder or tar. */
public final class ImageFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8);

    private ImageFiles() {}

    /** Writes what {@code docker save name} writes, layers as plain tar files; {@code name} is as {@code app:1}. */
    public static Path dockerSave(SampleImage image, String name, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            TarWriter tar = new TarWriter(out);
            ObjectNode entry = JSON.createObjectNode();
            SampleBlob config = image.config().get(0);
            entry.put("Config", config.hex() + ".json");
            entry.putArray("RepoTags").add(name);
            ArrayNode layers = entry.putArray("Layers");
            tar.file(config.hex() + ".json", config.bytes());
            for (SampleBlob layer : image.plainLayers()) {
                tar.folder(layer.hex());
                tar.file(layer.hex() + "/layer.tar", layer.size(), layer.content());
                layers.add(layer.hex() + "/layer.tar");
            }
            tar.file(
                    "manifest.json",
                    JSON.createArrayNode().add(entry).toString().getBytes(UTF_8));
            tar.finish();
        }
        return file;
    }

    /** Writes an OCI image layout into a folder, the image under this tag. */
    public static Path ociLayout(SampleImage image, String tag, Path folder) throws IOException {
        Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
        Files.write(folder.resolve("oci-layout"), LAYOUT);
        Files.write(folder.resolve("index.json"), index(image, tag));
        for (SampleBlob blob : image.blobs()) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(blobs.resolve(blob.hex())))) {
                blob.content().writeTo(out);
            }
        }
        for (SampleImage part : image.withChildren()) {
            Files.write(blobs.resolve(hex(part)), part.manifest());
        }
        return folder;
    }

    /** Writes the same as one tar file. */
    public static Path ociTar(SampleImage image, String tag, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            TarWriter tar = new TarWriter(out);
            tar.file("oci-layout", LAYOUT);
            tar.file("index.json", index(image, tag));
            tar.folder("blobs");
            tar.folder("blobs/sha256");
            for (SampleBlob blob : image.blobs()) {
                tar.file("blobs/sha256/" + blob.hex(), blob.size(), blob.content());
            }
            for (SampleImage part : image.withChildren()) {
                tar.file("blobs/sha256/" + hex(part), part.manifest());
            }
            tar.finish();
        }
        return file;
    }

    private static byte[] index(SampleImage image, String tag) {
        ObjectNode json = JSON.createObjectNode().put("schemaVersion", 2).put("mediaType", SampleImages.OCI_INDEX);
        ObjectNode entry = SampleImages.descriptor(image);
        entry.putObject("annotations").put("org.opencontainers.image.ref.name", tag);
        json.putArray("manifests").add(entry);
        return json.toString().getBytes(UTF_8);
    }

    private static String hex(SampleImage image) {
        return image.digest().substring("sha256:".length());
    }
}
