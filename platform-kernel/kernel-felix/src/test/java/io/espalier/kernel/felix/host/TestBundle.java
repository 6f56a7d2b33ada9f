package io.espalier.kernel.felix.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Builds a bundle's jar from compiled test classes and headers. */
public final class TestBundle {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final String name;

    private TestBundle(String name) {
        this.name = name;
        header("Bundle-ManifestVersion", "2");
        header("Bundle-SymbolicName", name);
        header("Bundle-Version", "1.0.0");
        header("Import-Package", "org.osgi.framework");
    }

    public static TestBundle named(String name) {
        return new TestBundle(name);
    }

    public TestBundle header(String key, String value) {
        headers.put(key, value);
        return this;
    }

    public TestBundle version(String version) {
        return header("Bundle-Version", version);
    }

    public TestBundle activator(Class<?> type) {
        return type(type).header("Bundle-Activator", type.getName());
    }

    public TestBundle type(Class<?> type) {
        String path = type.getName().replace('.', '/') + ".class";
        try (InputStream content = type.getClassLoader().getResourceAsStream(path)) {
            entries.put(path, content.readAllBytes());
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public TestBundle file(String path, String content) {
        entries.put(path, content.getBytes(UTF_8));
        return this;
    }

    /** A Declarative Services component; {@code body} is what stands inside its element. */
    public TestBundle component(Class<?> type, String attributes, String body) {
        String path = "OSGI-INF/" + type.getSimpleName() + ".xml";
        headers.merge("Service-Component", path, (one, two) -> one + "," + two);
        return type(type)
                .file(
                        path,
                        "<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.3.0\" name=\""
                                + type.getSimpleName() + "\" " + attributes + "><implementation class=\""
                                + type.getName() + "\"/>" + body + "</scr:component>");
    }

    public Path writeTo(Path folder) {
        return write(folder.resolve(name + ".jar"));
    }

    /** Written beside and moved in one step, as an operator should. */
    public Path write(Path file) {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.forEach(main::putValue);
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.getParent());
            try (OutputStream out = Files.newOutputStream(partial);
                    JarOutputStream jar = new JarOutputStream(out, manifest)) {
                for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                    jar.putNextEntry(new JarEntry(entry.getKey()));
                    jar.write(entry.getValue());
                    jar.closeEntry();
                }
            }
            return Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
