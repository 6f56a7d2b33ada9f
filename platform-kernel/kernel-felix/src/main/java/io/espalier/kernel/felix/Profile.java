package io.espalier.kernel.felix;

import io.espalier.kernel.felix.configuration.FlatJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plug-ins that the kernel starts by itself: {@code {"plugins": ["stream-gateway", ...]}}, each a jar in the folder of
 * shipped plug-ins.
 *
 * @param jars those that are there, in order
 * @param problems a sentence for everything in the file that cannot be used
 */
record Profile(String name, List<Path> jars, List<String> problems) {
    private static final List<String> OF_THE_RUN_COMMAND = List.of("about", "watch", "finish");

    Profile {
        jars = List.copyOf(jars);
        problems = List.copyOf(problems);
    }

    static Profile read(Optional<Path> file, Path plugins) {
        return file.map(path -> read(path, plugins)).orElseGet(() -> new Profile("none", List.of(), List.of()));
    }

    private static Profile read(Path file, Path plugins) {
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        try {
            return of(name, FlatJson.read(Files.readString(file)), plugins);
        } catch (IOException e) {
            return failed(name, "The profile " + file + " cannot be read (" + e + "); no plug-in of it is started.");
        } catch (FlatJson.Malformed e) {
            return failed(
                    name, "The profile " + file + " is malformed: " + e.getMessage() + " No plug-in of it is started.");
        }
    }

    private static Profile of(String name, Map<String, Object> values, Path plugins) {
        List<Path> jars = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        values.keySet().stream()
                .filter(key -> !key.equals("plugins") && !OF_THE_RUN_COMMAND.contains(key))
                .forEach(key -> problems.add("Profile " + name + " has the unknown key " + key
                        + "; it may have plugins, and for 'espalier run' " + String.join(", ", OF_THE_RUN_COMMAND)
                        + "."));
        if (!(values.get("plugins") instanceof List<?> names)) {
            return failed(
                    name,
                    "Profile " + name + " has no list \"plugins\": [\"name\", ...]; no plug-in of it is started.");
        }
        for (Object plugin : names) {
            Path jar = plugins.resolve(plugin + ".jar").normalize();
            if (jar.startsWith(plugins) && Files.isRegularFile(jar)) {
                jars.add(jar);
            } else {
                problems.add("Profile " + name + " names plug-in " + plugin + " but there is no " + jar
                        + "; build it or take it out of the profile.");
            }
        }
        return new Profile(name, jars.stream().distinct().toList(), problems);
    }

    private static Profile failed(String name, String problem) {
        return new Profile(name, List.of(), List.of(problem));
    }
}
