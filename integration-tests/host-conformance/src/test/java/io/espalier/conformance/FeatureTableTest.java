package io.espalier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the feature table of the README against the tests that there are. */
class FeatureTableTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");

    @Test
    void everyTestThatTheTableNamesIsThere() throws Exception {
        Set<String> named = new TreeSet<>();
        for (Matcher test = TEST.matcher(Files.readString(ModuleMapTest.ROOT.resolve("README.md"))); test.find(); ) {
            named.add(test.group(1));
        }
        Set<String> there = new TreeSet<>();
        for (String module : ModuleMapTest.modules()) {
            Path tests = ModuleMapTest.ROOT.resolve(module).resolve("src/test/java");
            if (Files.isDirectory(tests)) {
                try (Stream<Path> files = Files.walk(tests)) {
                    files.map(file -> String.valueOf(file.getFileName()))
                            .filter(name -> name.endsWith("Test.java"))
                            .forEach(name -> there.add(name.substring(0, name.length() - ".java".length())));
                }
            }
        }
        assertThat(named).hasSizeGreaterThan(50);
        assertThat(there).containsAll(named);
    }
}
