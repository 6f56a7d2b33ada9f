package io.espalier.kernel.felix.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.espalier.kernel.config.EnvironmentOverrides;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays in force and what is remembered while files come and go; a plug-in never runs on defaults by mistake. */
@SuppressWarnings("NullAway.Init")
class ConfigurationFilesTest {
    private static final String STORE = "acme.store";
    private static final String GOOD = "{\"host\": \"a\"}";
    private static final String TYPO = "{\"hots\": \"b\"}";
    private static final Map<String, String> NO_VARIABLES = Map.of();
    private static final Map<String, String> VARIABLE = Map.of("ESPALIER_ACME_STORE__PORT", "7");

    @TempDir
    private Path home;

    private Path etc;
    private Path file;
    private Path remembered;
    private DeclaringPlugin plugin = DeclaringPlugin.of(STORE, "host", "port");
    private final Schemas schemas = new Schemas(() -> plugin.metatypes());
    private final RecordingSink sink = new RecordingSink();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger told = new AtomicInteger();

    @BeforeEach
    void makeFolders() throws IOException {
        etc = Files.createDirectories(home.resolve("etc"));
        file = etc.resolve("acme.store.json");
        remembered = home.resolve("last-good/acme.store.json");
        schemas.read(plugin.bundle());
    }

    private ConfigurationFiles start(Map<String, String> variables) {
        ConfigurationFiles files = new ConfigurationFiles(
                ConfigurationFolders.of(etc, Optional.of(home.resolve("night.json"))),
                home.resolve("last-good"),
                schemas,
                new EnvironmentOverrides(variables),
                nanos::get);
        files.connect(sink);
        files.onChange(told::incrementAndGet);
        return files;
    }

    private void lookAfter(ConfigurationFiles files, Duration pause) {
        nanos.addAndGet(pause.toNanos());
        files.look();
    }

    private Map<String, Object> inForce() {
        return sink.inForce.getOrDefault(STORE, Map.of());
    }

    @Test
    void fileThatIsDeletedAndComesBackWrongLeavesTheGoodFormInForce() throws IOException {
        Files.writeString(file, GOOD);
        ConfigurationFiles files = start(NO_VARIABLES);

        Files.delete(file);
        files.look();
        lookAfter(files, Duration.ofMillis(4_900));
        assertThat(inForce()).containsEntry("host", "a");

        Files.writeString(file, TYPO);
        files.look();
        assertThat(inForce()).containsEntry("host", "a");
        assertThat(files.list()).singleElement().satisfies(one -> assertThat(one.state())
                .isEqualTo(ConfigurationView.State.REJECTED));
        assertThat(remembered).hasContent(GOOD);
    }

    @Test
    void fileThatStaysAwayIsGoneAfterFiveSecondsAndEachAbsenceCountsAnew() throws IOException {
        Files.writeString(file, GOOD);
        ConfigurationFiles files = start(NO_VARIABLES);
        Files.delete(file);
        lookAfter(files, Duration.ofSeconds(4));
        Files.writeString(file, GOOD);
        lookAfter(files, Duration.ofSeconds(4));

        Files.delete(file);
        lookAfter(files, Duration.ofSeconds(4));
        lookAfter(files, Duration.ofSeconds(4));
        assertThat(inForce()).containsEntry("host", "a");

        lookAfter(files, Duration.ofSeconds(1));
        assertThat(sink.inForce).isEmpty();
        assertThat(files.list()).isEmpty();
        assertThat(remembered).doesNotExist();
        assertThat(told).hasValue(1);
    }

    @Test
    void valuesOfTheProfileComeInForceOnlyWhenTheOperatorsFileStaysAway() throws IOException {
        Files.writeString(
                Files.createDirectories(home.resolve("night")).resolve("acme.store.json"), "{\"host\": \"p\"}");
        Files.writeString(file, GOOD);
        ConfigurationFiles files = start(NO_VARIABLES);

        Files.delete(file);
        files.look();
        assertThat(inForce()).containsEntry("host", "a");
        assertThat(remembered).hasContent(GOOD);

        lookAfter(files, Duration.ofSeconds(5));
        assertThat(inForce()).containsEntry("host", "p");
    }

    @Test
    void variableDoesNotStandForAFileThatMayComeBack() throws IOException {
        Files.writeString(file, GOOD);
        ConfigurationFiles files = start(VARIABLE);

        Files.delete(file);
        files.look();
        files.recheck();
        assertThat(inForce()).containsEntry("host", "a").containsEntry("port", "7");
        assertThat(remembered).hasContent(GOOD);

        lookAfter(files, Duration.ofSeconds(5));
        assertThat(inForce()).doesNotContainKey("host").containsEntry("port", "7");
        assertThat(remembered).as("the text of no file").doesNotExist();

        Files.writeString(file, "{}");
        files.look();
        assertThat(remembered).as("an empty file is one").hasContent("{}");
    }

    @Test
    void folderThatCannotBeReadAtAStartHoldsThePluginAndKeepsItsGoodForm() throws IOException {
        Files.writeString(file, GOOD);
        start(NO_VARIABLES);
        Path away = Files.move(etc, home.resolve("away"));
        sink.inForce.clear();

        ConfigurationFiles files = start(VARIABLE);
        files.recheck();
        assertThat(files.forbids(plugin.bundle()))
                .singleElement()
                .asString()
                .contains("its configuration is not known");
        assertThat(sink.inForce).isEmpty();
        assertThat(remembered).hasContent(GOOD);

        Files.move(away, etc);
        files.look();
        assertThat(files.forbids(plugin.bundle())).isEmpty();
        assertThat(inForce()).containsEntry("host", "a").containsEntry("port", "7");
    }

    @Test
    void fileThatIsListedButCannotBeLookedAtLeavesItsGoodFormInForce() throws IOException {
        Files.writeString(file, GOOD);
        start(NO_VARIABLES);
        sink.inForce.clear();
        // Also root is told of too many links.
        Files.delete(file);
        Files.createSymbolicLink(file, file);

        ConfigurationFiles files = start(NO_VARIABLES);
        assertThat(inForce()).containsEntry("host", "a");
        assertThat(files.problems()).singleElement().asString().contains("Tried to read " + file);
        assertThat(remembered).hasContent(GOOD);

        Files.delete(remembered);
        sink.inForce.clear();
        files = start(NO_VARIABLES);
        assertThat(files.forbids(plugin.bundle())).singleElement().asString().contains("is rejected");
        assertThat(sink.inForce).isEmpty();
    }

    @Test
    void folderThatMayBeListedButNotEnteredLeavesTheGoodFormsInForce() throws IOException {
        Files.writeString(file, GOOD);
        start(NO_VARIABLES);
        sink.inForce.clear();
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(etc);
        Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("r--r--r--"));
        try {
            assumeThat(Files.isReadable(file)).as("root enters every folder").isFalse();
            ConfigurationFiles files = start(NO_VARIABLES);
            assertThat(inForce()).containsEntry("host", "a");
            assertThat(files.problems()).isNotEmpty();
            assertThat(remembered).hasContent(GOOD);
        } finally {
            Files.setPosixFilePermissions(etc, before);
        }
    }

    @Test
    void folderIsMadeOnAFreshHomeAlone() throws IOException {
        Files.delete(etc);
        start(NO_VARIABLES).makeFolder();
        assertThat(etc).isEmptyDirectory();

        Files.writeString(file, GOOD);
        start(NO_VARIABLES);
        Files.delete(file);
        Files.delete(etc);
        ConfigurationFiles files = start(NO_VARIABLES);
        files.makeFolder();
        assertThat(etc).doesNotExist();
        assertThat(files.forbids(plugin.bundle())).singleElement().asString().contains("An empty one means defaults");
        assertThat(remembered).hasContent(GOOD);
    }

    @Test
    void tellsWhenTheFolderCanBeReadSoThatWhatHasNoFileIsStarted() throws IOException {
        Files.delete(etc);
        ConfigurationFiles files = start(NO_VARIABLES);
        assertThat(files.forbids(plugin.bundle())).isNotEmpty();

        Files.createDirectory(etc);
        files.look();
        assertThat(files.forbids(plugin.bundle())).isEmpty();
        assertThat(told).hasValue(1);
    }

    @Test
    void goodFormOfAnOldVersionIsJudgedByWhatTheNewOneDeclares() throws IOException {
        Files.writeString(file, GOOD);
        ConfigurationFiles files = start(NO_VARIABLES);
        Files.writeString(file, TYPO);
        files.look();
        assertThat(inForce()).containsEntry("host", "a");

        plugin = DeclaringPlugin.of(STORE, "address");
        schemas.read(plugin.bundle());
        files.recheck();
        assertThat(files.forbids(plugin.bundle()))
                .singleElement()
                .asString()
                .contains("no earlier form of it is known");
        assertThat(sink.inForce).isEmpty();

        plugin = DeclaringPlugin.of(STORE, "host", "address");
        schemas.read(plugin.bundle());
        files.recheck();
        assertThat(files.forbids(plugin.bundle())).isEmpty();
        assertThat(inForce()).containsEntry("host", "a");
    }

    @Test
    void fileThatGoesAwayWhileItIsLookedAtKeepsItsGoodForm() throws IOException {
        Files.writeString(etc.resolve("acme.aaa.json"), "{}");
        Files.writeString(file, GOOD);
        start(NO_VARIABLES);
        sink.inForce.clear();

        ConfigurationFiles files = startWhileTheFileGoesAway(VARIABLE);
        assertThat(remembered).hasContent(GOOD);
        assertThat(inForce()).containsEntry("host", "a").containsEntry("port", "7");

        Files.writeString(file, TYPO);
        files.look();
        assertThat(inForce()).containsEntry("host", "a");
    }

    @Test
    void fileThatGoesAwayWhileItIsLookedAtHoldsThePluginUntilItIsGoneForGood() throws IOException {
        Files.writeString(etc.resolve("acme.aaa.json"), "{}");
        Files.writeString(file, GOOD);

        ConfigurationFiles files = startWhileTheFileGoesAway(NO_VARIABLES);
        assertThat(files.forbids(plugin.bundle())).singleElement().asString().contains("went away");

        files.look();
        lookAfter(files, Duration.ofSeconds(5));
        assertThat(files.forbids(plugin.bundle())).isEmpty();
        assertThat(told).hasValue(1);
    }

    /** The other file, which is read before it, is put into force between the listing and the reading of this one. */
    private ConfigurationFiles startWhileTheFileGoesAway(Map<String, String> variables) {
        sink.whenPut = name -> {
            if (name.equals("acme.aaa")) {
                assertThat(file.toFile().delete()).isTrue();
                sink.whenPut = later -> {};
            }
        };
        ConfigurationFiles files = start(variables);
        assertThat(file).doesNotExist();
        return files;
    }

    @Test
    void emptyFileThatIsJustBeingWrittenHoldsThePluginUntilItIsThereOrGone() throws IOException {
        ConfigurationFiles files = start(NO_VARIABLES);
        FileTime young = FileTime.from(Instant.now().plus(Duration.ofMinutes(1)));
        Files.setLastModifiedTime(Files.writeString(file, ""), young);
        files.look();
        assertThat(files.forbids(plugin.bundle())).singleElement().asString().contains("is empty");

        Files.delete(file);
        files.look();
        lookAfter(files, Duration.ofSeconds(5));
        assertThat(files.forbids(plugin.bundle())).isEmpty();
        assertThat(told).hasPositiveValue();
    }

    @Test
    void fileThatCannotBeReadIsJudgedOnce() throws IOException {
        Files.write(file, "{\"host\": \"\u00fc\"}".getBytes(StandardCharsets.ISO_8859_1));
        ConfigurationFiles files = start(NO_VARIABLES);
        assertThat(sink.deletions).isEqualTo(1);

        files.look();
        assertThat(sink.deletions).isEqualTo(1);
        assertThat(told).hasValue(0);
    }

    @Test
    void saysWhetherTheFileOrTheVariablesAreToBeMended() throws IOException {
        Map<String, String> wrong = Map.of("ESPALIER_ACME_STORE__PROT", "7");
        ConfigurationFiles files = start(wrong);
        assertThat(reason(files)).contains("environment variables ESPALIER_ACME_STORE__... are rejected");

        Files.writeString(file, GOOD);
        files.look();
        assertThat(reason(files))
                .contains("environment variables ESPALIER_ACME_STORE__... are rejected")
                .contains("ESPALIER_ACME_STORE__PROT fits no key")
                .contains("mend them and start it again")
                .doesNotContain("acme.store.json");

        Files.writeString(file, TYPO);
        files.look();
        assertThat(reason(files)).contains("acme.store.json is rejected").doesNotContain("start it again");
    }

    private String reason(ConfigurationFiles files) {
        return String.join(" ", files.forbids(plugin.bundle()));
    }
}
