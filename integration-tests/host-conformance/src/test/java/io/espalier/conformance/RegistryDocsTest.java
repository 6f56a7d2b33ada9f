package io.espalier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Holds the tables of the pages on replication against the settings, shell commands and routes that there are. */
class RegistryDocsTest {
    private static final Path MODULES = ModuleMapTest.ROOT.resolve("registry-replication");
    private static final Path REST =
            MODULES.resolve("replication-controller/src/main/java/io/espalier/replication/rest");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern COMMAND = Pattern.compile("`([a-z]+:[a-z]+)");
    private static final Pattern ROUTE = Pattern.compile("router\\.(get|put|post|delete)\\(\"([^\"*]+)\"\\)");
    private static final Pattern PLACEHOLDER = Pattern.compile("/(:id|[A-Z]+)(?=/|$)");
    /** Limits that go without saying: of what is counted, and of ports. */
    private static final Set<String> PLAIN_LIMITS = Set.of("", "-1", "0", "1", "65535");

    @ParameterizedTest
    @CsvSource({
        "image-relay, image.relay, registry-replication.md",
        "replication-controller, replication.controller, registry-replication.md",
        "replication-controller, replication.harbor, harbor.md",
        "docker-engine, docker.engine, docker-engine.md"
    })
    void everySettingStandsInThePageWithDefaultAndLimits(String module, String pid, String page) throws Exception {
        List<List<String>> rows = table(page, "`etc/" + pid + ".json`");
        Set<String> known = new TreeSet<>();
        for (Element setting : elements(classes(module).resolve("metatype/" + pid + ".xml"), "AD")) {
            String key = setting.getAttribute("id");
            known.add(key);
            List<String> row = rows.stream()
                    .filter(cells -> cells.get(0).contains("`" + key + "`"))
                    .findFirst()
                    .orElse(List.of("no row", "", ""));
            assertThat(row.get(1)).as("default of %s in %s: %s", key, page, row).contains(preset(setting));
            for (String limit : List.of(setting.getAttribute("min"), setting.getAttribute("max"))) {
                assertThat(PLAIN_LIMITS.contains(limit) || row.get(2).contains(limit))
                        .as("limit %s of %s in %s: %s", limit, key, page, row)
                        .isTrue();
            }
        }
        assertThat(firsts(rows, QUOTED)).isEqualTo(known);
    }

    private static String preset(Element setting) {
        return setting.getAttribute("default").replaceFirst("\\.0$", "");
    }

    @Test
    void everyShellCommandStandsInAPage() throws Exception {
        Set<String> commands = new TreeSet<>();
        for (String module : List.of("image-relay", "replication-controller", "docker-engine")) {
            for (Path file : files(classes(module), ".xml")) {
                commands.addAll(commands(file));
            }
        }
        Set<String> written = firsts(table("registry-replication.md", "## Shell commands"), COMMAND);
        written.addAll(firsts(table("docker-engine.md", "## Commands"), COMMAND));
        assertThat(written).isEqualTo(commands);
    }

    private static Set<String> commands(Path component) throws Exception {
        String scope = "";
        Set<String> functions = new TreeSet<>();
        for (Element property : elements(component, "property")) {
            String value = property.getAttribute("value") + property.getTextContent();
            if (property.getAttribute("name").equals("osgi.command.scope")) {
                scope = value.strip();
            } else if (property.getAttribute("name").equals("osgi.command.function")) {
                value.lines().map(String::strip).forEach(functions::add);
            }
        }
        Set<String> commands = new TreeSet<>();
        for (String function : functions) {
            commands.add(scope + ":" + function);
        }
        return commands;
    }

    @Test
    void everyRouteStandsInThePage() throws Exception {
        Set<String> routes = new TreeSet<>();
        for (Path file : files(REST, "Routes.java")) {
            for (Matcher route = ROUTE.matcher(Files.readString(file)); route.find(); ) {
                routes.add(route(route.group(1).toUpperCase(Locale.ROOT), route.group(2)));
            }
        }
        Set<String> written = new TreeSet<>();
        for (List<String> row : table("registry-replication.md", "## REST")) {
            String method = "";
            for (Matcher quoted = QUOTED.matcher(row.get(0)); quoted.find(); ) {
                String[] words = quoted.group(1).split(" ", 2);
                method = words.length == 2 ? words[0] : method;
                written.add(route(method, words[words.length - 1]));
            }
        }
        assertThat(written).isEqualTo(routes);
    }

    private static String route(String method, String path) {
        return method + " " + PLACEHOLDER.matcher(path.split("\\?", 2)[0]).replaceAll("/:id");
    }

    /** The rows of the first table below a line that begins so, as cells. */
    private static List<List<String>> table(String page, String begin) throws IOException {
        List<String> lines =
                Files.readAllLines(ModuleMapTest.ROOT.resolve("docs").resolve(page));
        List<List<String>> rows = new ArrayList<>();
        boolean below = false;
        for (String line : lines) {
            // A sentence that only mentions the file goes on with a word.
            below |= line.startsWith(begin) && !line.startsWith(begin + " ");
            if (below && line.startsWith("|")) {
                rows.add(List.of(line.substring(1).split("(?<!\\\\)\\|", -1)));
            } else if (!rows.isEmpty()) {
                break;
            }
        }
        assertThat(rows).as("rows below '%s' in %s", begin, page).hasSizeGreaterThan(2);
        return rows.subList(2, rows.size());
    }

    private static Set<String> firsts(List<List<String>> rows, Pattern pattern) {
        Set<String> found = new TreeSet<>();
        for (List<String> row : rows) {
            for (Matcher matcher = pattern.matcher(row.get(0)); matcher.find(); ) {
                found.add(matcher.group(1));
            }
        }
        return found;
    }

    private static Path classes(String module) {
        return MODULES.resolve(module).resolve("target/classes/OSGI-INF");
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).toList();
        }
    }

    private static List<Element> elements(Path file, String tag) throws Exception {
        NodeList nodes = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }
}
