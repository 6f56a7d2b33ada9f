package io.espalier.engine.desk;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.files.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The name by which this node finds its own containers and images in an engine that others use too; kept in a file. */
record Owner(String id) {
    static final String LABEL = "espalier.owner";
    static final String TEST_LABEL = "espalier.test";
    static final String IMAGE_LABEL = "espalier.image";

    static Owner open(Path folder) throws IOException {
        Path file = folder.resolve("owner");
        if (Files.exists(file)) {
            String id = Files.readString(file, UTF_8).strip();
            if (id.matches("[0-9a-f]{12}")) {
                return new Owner(id);
            }
        }
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        Owner owner = new Owner(HexFormat.of().formatHex(random));
        DurableFiles.replace(file, owner.id().getBytes(UTF_8));
        return owner;
    }

    /** The repository under which images are named that are in the engine for a test only. */
    String repository() {
        return "espalier-test/" + id;
    }
}
