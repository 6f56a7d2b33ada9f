package io.espalier.conformance.host;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The built distribution: the jars that users get. */
public final class Distribution {
    private static final Path ROOT = Path.of(System.getProperty("espalier.root"));
    private static final Path PROFILES = ROOT.resolve("platform-kernel/distribution/src/etc/profiles");

    private Distribution() {}

    /** The folder that is unpacked by users. */
    public static Path home() {
        Path target = ROOT.resolve("platform-kernel/distribution/target");
        try (Stream<Path> files = Files.find(target, 4, (path, attributes) -> path.endsWith("bin/espalier"))) {
            return files.findFirst()
                    .map(program -> program.resolve("../..").normalize())
                    .orElseThrow(() -> new AssertionError("There is no distribution below " + target
                            + "; build it with 'mvn package -pl platform-kernel/distribution -am'."));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The plug-ins of a profile, in its order. */
    public static List<String> plugins(String profile) {
        try {
            List<String> names = new ArrayList<>();
            for (JsonNode name : new ObjectMapper()
                    .readTree(PROFILES.resolve(profile + ".json").toFile())
                    .path("plugins")) {
                names.add(name.asText());
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The jar of a plug-in. */
    public static Path plugin(String name) {
        return home().resolve("plugins").resolve(name + ".jar");
    }

    /** The jar of a bundle that every kernel has. */
    public static Path system(String name) {
        return home().resolve("system").resolve(name + ".jar");
    }
}
