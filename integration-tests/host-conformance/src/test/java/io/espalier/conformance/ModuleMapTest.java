package io.espalier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Holds the module table of docs/architecture.md against the poms. */
class ModuleMapTest {
    static final Path ROOT = Path.of(System.getProperty("espalier.root"));
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+/[^`]+)` \\| (\\w+) \\|([^|]*)\\|");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final String EVERYTHING = "everything shipped";

    @Test
    void tableNamesEveryModuleOfTheBuild() throws Exception {
        assertThat(table().keySet()).containsExactlyInAnyOrderElementsOf(modules());
    }

    @Test
    void modulesUseWhatTheTableSays() throws Exception {
        Map<String, String> table = table();
        for (Map.Entry<String, String> row : table.entrySet()) {
            if (!row.getValue().strip().equals(EVERYTHING)) {
                assertThat(used(ROOT.resolve(row.getKey()).resolve("pom.xml")))
                        .as("modules that %s depends on, and its row in docs/architecture.md", row.getKey())
                        .isEqualTo(names(row.getValue()));
            }
        }
    }

    /** The folders of all modules of the build. */
    static Set<String> modules() {
        try {
            return texts(parse(ROOT.resolve("pom.xml")), "module");
        } catch (Exception e) {
            throw new IllegalStateException("The modules cannot be read from the parent pom.", e);
        }
    }

    private static Map<String, String> table() throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/architecture.md"))) {
            Matcher row = ROW.matcher(line.strip());
            if (row.matches()) {
                rows.put(row.group(1), row.group(3));
            }
        }
        return rows;
    }

    private static Set<String> names(String cell) {
        Set<String> names = new TreeSet<>();
        for (Matcher name = NAME.matcher(cell); name.find(); ) {
            names.add(name.group(1));
        }
        return names;
    }

    private static Set<String> used(Path pom) throws Exception {
        Set<String> used = new TreeSet<>();
        NodeList dependencies = parse(pom).getElementsByTagName("dependency");
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            if (text(dependency, "groupId").equals("io.espalier")
                    && !text(dependency, "scope").equals("test")) {
                used.add(text(dependency, "artifactId"));
            }
        }
        return used;
    }

    private static Document parse(Path file) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static Set<String> texts(Document document, String tag) {
        Set<String> texts = new TreeSet<>();
        NodeList nodes = document.getElementsByTagName(tag);
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        return texts;
    }

    private static String text(Element element, String tag) {
        NodeList nodes = element.getElementsByTagName(tag);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent().strip();
    }
}
