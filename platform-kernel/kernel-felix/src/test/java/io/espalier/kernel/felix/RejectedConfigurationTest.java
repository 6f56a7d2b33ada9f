package io.espalier.kernel.felix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.felix.fixture.LookingComponent;
import io.espalier.kernel.felix.fixture.Named;
import io.espalier.kernel.felix.host.FrameworkKind;
import io.espalier.kernel.felix.host.TestBundle;
import io.espalier.kernel.felix.host.TestKernel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a plug-in whose configuration file is wrong when the kernel starts: it never runs on defaults. */
@SuppressWarnings("NullAway.Init")
class RejectedConfigurationTest {
    private static final String ACTIVATED = "looking.acme.activate";
    private static final String ACTIVATED_ON_DEFAULTS = "looking.null.activate";
    private static final String MODIFIED = "looking.acme.modified";
    private static final String MODIFIED_TO_DEFAULTS = "looking.null.modified";
    private static final String METATYPE = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            + "<metatype:MetaData xmlns:metatype=\"http://www.osgi.org/xmlns/metatype/v1.3.0\"><OCD id=\"acme.store\" name=\"Store\">"
            + "<AD id=\"who\" type=\"String\" default=\"nobody\"/>"
            + "<AD id=\"mark\" type=\"String\" default=\"defaults\"/></OCD>"
            + "<Designate pid=\"acme.store\"><Object ocdref=\"acme.store\"/></Designate></metatype:MetaData>";
    private static final String TYPO = "{\"who\": \"acme\", \"mrak\": \"two\"}";

    @TempDir
    private Path home;

    private Path file;
    private TestKernel kernel;

    @BeforeEach
    void writeProfile() throws IOException {
        forgetActivations();
        file = Files.createDirectories(home.resolve("etc")).resolve("acme.store.json");
        store().write(home.resolve("plugins/store.jar"));
        Files.writeString(home.resolve("profile.json"), "{\"plugins\": [\"store\"]}");
    }

    @AfterEach
    void stop() {
        kernel.close();
        forgetActivations();
    }

    private static void forgetActivations() {
        Stream.of(ACTIVATED, ACTIVATED_ON_DEFAULTS, MODIFIED, MODIFIED_TO_DEFAULTS)
                .forEach(System::clearProperty);
    }

    /** Its component needs no configuration, so that it would activate on defaults. */
    private static TestBundle store() {
        return TestBundle.named("acme.store")
                .type(Named.class)
                .file("OSGI-INF/metatype/store.xml", METATYPE)
                .component(
                        LookingComponent.class,
                        "immediate=\"true\" activate=\"activate\" modified=\"modified\" deactivate=\"deactivate\""
                                + " configuration-policy=\"optional\" configuration-pid=\"acme.store\"",
                        "<property name=\"osgi.command.scope\" type=\"String\" value=\"store\"/>");
    }

    private void start(FrameworkKind kind) {
        kernel = TestKernel.start(kind, home);
    }

    private void restart(FrameworkKind kind) {
        kernel.close();
        forgetActivations();
        start(kind);
    }

    @ParameterizedTest
    @EnumSource
    void holdsThePluginBackUntilTheFileIsMended(FrameworkKind kind) throws IOException {
        Files.writeString(file, TYPO);
        start(kind);
        kernel.awaitState("acme.store", "HELD");

        assertThat(kernel.run("plugin:list"))
                .contains("acme.store.json is rejected")
                .contains("unknown key 'mrak'; did you mean 'mark'?");
        assertThat(kernel.run("plugin:explain acme.store")).contains("starts by itself as soon as that is mended");
        assertThat(kernel.run("store:sell --all"))
                .contains("store:sell is a command of plug-in acme.store, which is HELD now: It is not started, since");
        assertThat(kernel.run("stare:sell")).contains("Command not found");
        kernel.awaitOutput("health:check", "NOT READY until somebody mends what is rejected\n");
        assertThat(kernel.run("config:list acme")).contains("rejected, and no earlier one is known");
        assertThat(kernel.http("GET", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(kernel.http("GET", "/metrics").body()).contains("espalier_plugins{state=\"HELD\"} 1\n");

        Files.writeString(file, "{\"who\": \"acme\", \"mark\": [1");
        kernel.awaitOutput("plugin:explain acme.store", "is malformed");
        kernel.run("plugin:restart acme.store");
        kernel.awaitState("acme.store", "HELD");

        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"two\"}");

        kernel.awaitState("acme.store", "ACTIVE");
        assertThat(System.getProperty(ACTIVATED)).endsWith("two");
        assertThat(System.getProperty(ACTIVATED_ON_DEFAULTS)).isNull();
        kernel.awaitOutput("health:check", "READY\n");
        assertThat(kernel.http("GET", "/health/ready").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void usesTheLastGoodFormOfAnEarlierRun(FrameworkKind kind) throws IOException {
        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"one\"}");
        start(kind);
        kernel.awaitState("acme.store", "ACTIVE");
        Path kept = home.resolve("data/last-good/acme.store.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rw-------");

        Files.writeString(file, TYPO);
        restart(kind);
        kernel.awaitState("acme.store", "ACTIVE");

        assertThat(System.getProperty(ACTIVATED)).endsWith("one");
        assertThat(System.getProperty(ACTIVATED_ON_DEFAULTS)).isNull();
        assertThat(kernel.run("config:list acme"))
                .contains("rejected, the last good one is in force")
                .contains("did you mean 'mark'?")
                .contains("mark = one");
        assertThat(kernel.awaitOutput("health:check", "mrak")).startsWith("NOT READY");

        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"three\"}");
        await("the mended file to be in force")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(System.getProperty(MODIFIED)).asString().endsWith("three"));
        assertThat(kernel.run("health:check")).startsWith("READY");
        assertThat(kept).content().contains("three");
    }

    @ParameterizedTest
    @EnumSource
    void doesNotUseTheFormOfAFileThatWasDeletedInBetween(FrameworkKind kind) throws IOException {
        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"one\"}");
        start(kind);
        kernel.awaitState("acme.store", "ACTIVE");

        Files.delete(file);
        restart(kind);
        kernel.awaitState("acme.store", "ACTIVE");
        assertThat(System.getProperty(ACTIVATED_ON_DEFAULTS)).isNotNull();
        assertThat(kernel.run("config:list acme")).contains("no such file, the defaults are in force");

        Files.writeString(file, TYPO);
        restart(kind);
        kernel.awaitState("acme.store", "HELD");
        assertThat(System.getProperty(ACTIVATED)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void holdsThePluginBackWhenTheFolderIsLostUntilItIsThereAgain(FrameworkKind kind) throws IOException {
        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"one\"}");
        start(kind);
        kernel.awaitState("acme.store", "ACTIVE");
        kernel.close();
        forgetActivations();
        Path away = Files.move(home.resolve("etc"), home.resolve("away"));
        kernel = TestKernel.startAsItIs(kind, home);

        kernel.awaitState("acme.store", "HELD");
        assertThat(kernel.run("plugin:explain acme.store"))
                .contains("cannot be read")
                .contains("bring it back");
        assertThat(home.resolve("etc")).doesNotExist();
        assertThat(home.resolve("data/last-good/acme.store.json")).content().contains("one");
        assertThat(System.getProperty(ACTIVATED_ON_DEFAULTS)).isNull();

        Files.move(away, home.resolve("etc"));
        kernel.awaitState("acme.store", "ACTIVE");
        assertThat(System.getProperty(ACTIVATED)).endsWith("one");
    }

    @ParameterizedTest
    @EnumSource
    void holdsBackAlsoWhatIsDroppedAndWhatHasAFileThatIsNoText(FrameworkKind kind) throws IOException {
        Files.writeString(home.resolve("profile.json"), "{\"plugins\": []}");
        Files.write(file, "{\"who\": \"M\u00fcller\"}".getBytes(StandardCharsets.ISO_8859_1));
        start(kind);
        store().writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "HELD");

        assertThat(kernel.run("plugin:explain acme.store"))
                .contains("Tried to read ")
                .contains("keep it in UTF-8");
        assertThat(kernel.run("health:check")).startsWith("NOT READY");

        Files.delete(file);
        kernel.awaitState("acme.store", "ACTIVE");
        assertThat(kernel.run("health:check")).startsWith("READY");
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheGoodFormWhenTheFileIsReplacedByDeletingAndCreating(FrameworkKind kind) throws IOException {
        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"one\"}");
        start(kind);
        kernel.awaitState("acme.store", "ACTIVE");

        Files.delete(file);
        awaitALook();
        Files.writeString(file, TYPO);
        kernel.awaitOutput("config:list acme", "did you mean 'mark'?");

        assertThat(kernel.run("config:list acme")).contains("rejected, the last good one is in force");
        assertThat(System.getProperty(ACTIVATED_ON_DEFAULTS)).isNull();
        assertThat(System.getProperty(MODIFIED_TO_DEFAULTS)).isNull();
        assertThat(home.resolve("data/last-good/acme.store.json")).content().contains("one");
    }

    /** What was deleted before this has been seen missing after it. */
    private void awaitALook() throws IOException {
        Files.writeString(home.resolve("etc/other.json"), "{\"a\": 1}");
        kernel.awaitOutput("config:list", "other (other.json)");
    }

    @ParameterizedTest
    @EnumSource
    void holdsANewVersionBackForWhichTheGoodFormOfTheOldIsWrong(FrameworkKind kind) throws IOException {
        Files.writeString(home.resolve("profile.json"), "{\"plugins\": []}");
        Files.writeString(file, "{\"who\": \"acme\", \"mark\": \"one\"}");
        start(kind);
        store().writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "ACTIVE");
        Files.writeString(file, TYPO);
        kernel.awaitOutput("config:list acme", "rejected, the last good one is in force");
        forgetActivations();

        store().version("2.0.0")
                .file("OSGI-INF/metatype/store.xml", METATYPE.replace("\"mark\"", "\"label\""))
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "HELD");
        assertThat(System.getProperty(ACTIVATED)).isNull();

        Files.writeString(file, "{\"who\": \"acme\", \"label\": \"two\"}");
        kernel.awaitState("acme.store", "ACTIVE");
        assertThat(System.getProperty(ACTIVATED)).isNotNull();
        assertThat(System.getProperty(ACTIVATED_ON_DEFAULTS)).isNull();
    }
}
