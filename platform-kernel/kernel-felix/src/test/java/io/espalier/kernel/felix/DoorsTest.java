package io.espalier.kernel.felix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.felix.fixture.FailingCheck;
import io.espalier.kernel.felix.fixture.Looking;
import io.espalier.kernel.felix.fixture.Marking;
import io.espalier.kernel.felix.fixture.Named;
import io.espalier.kernel.felix.host.ControlClient;
import io.espalier.kernel.felix.host.FrameworkKind;
import io.espalier.kernel.felix.host.TestBundle;
import io.espalier.kernel.felix.host.TestKernel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/** The kernel's endpoint, configuration and commands as their users meet them. */
@SuppressWarnings("NullAway.Init")
class DoorsTest {
    private static final String METATYPE = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            + "<metatype:MetaData xmlns:metatype=\"http://www.osgi.org/xmlns/metatype/v1.3.0\"><OCD id=\"acme.store\" name=\"Store\">"
            + "<AD id=\"queue-bytes\" type=\"Integer\" default=\"1024\" min=\"1\" max=\"4096\"/>"
            + "<AD id=\"mode\" type=\"String\" default=\"fast\"><Option label=\"fast\" value=\"fast\"/>"
            + "<Option label=\"safe\" value=\"safe\"/></AD>"
            + "<AD id=\"password\" type=\"Password\" required=\"false\"/></OCD>"
            + "<Designate pid=\"acme.store\"><Object ocdref=\"acme.store\"/></Designate></metatype:MetaData>";

    @TempDir
    private Path home;

    private TestKernel kernel;

    @AfterEach
    void stop() {
        kernel.close();
        System.clearProperty("acme.marking");
    }

    private void start() {
        kernel = TestKernel.start(FrameworkKind.FELIX, home);
    }

    @Test
    void becomesReadyAndShowsItsFigures() throws IOException {
        TestBundle.named("acme.marking").activator(Marking.class).write(home.resolve("plugins/marking.jar"));
        Files.writeString(home.resolve("profile.json"), "{\"plugins\": [\"marking\"]}");
        start();
        kernel.awaitOutput("health:check", "READY\n");
        kernel.awaitState("acme.marking", "ACTIVE");
        Supplier<String> more = () -> "acme_records_total 7";
        kernel.context()
                .registerService(
                        Supplier.class, more, FrameworkUtil.asDictionary(Map.of("espalier.metrics", "prometheus")));

        assertThat(kernel.http("GET", "/health/live").statusCode()).isEqualTo(200);
        HttpResponse<String> ready = kernel.http("GET", "/health/ready");
        assertThat(ready.body()).contains("\"name\":\"acme.marking\"").contains("\"state\":\"ACTIVE\"");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(kernel.http("GET", "/metrics").body())
                .contains("espalier_plugins{state=\"ACTIVE\"} 1\n")
                .contains("# TYPE espalier_quarantines_total counter\n")
                .endsWith("acme_records_total 7\n");
    }

    @Test
    void answersWrongPathsAndMethodsWithJson() {
        start();

        assertThat(kernel.http("GET", "/nothing").statusCode()).isEqualTo(404);
        assertThat(kernel.http("GET", "/nothing").body())
                .startsWith("{\"code\":\"NOT_FOUND\",\"message\":\"There is no /nothing;");
        assertThat(kernel.http("DELETE", "/metrics").statusCode()).isEqualTo(405);
        assertThat(kernel.http("DELETE", "/metrics").body()).contains("METHOD_NOT_ALLOWED");
    }

    @Test
    void isNotReadyWhenAReadinessCheckFailsOrThrowsAnError() {
        start();
        kernel.awaitOutput("health:check", "READY\n");
        TestBundle.named("acme.check")
                .header("Import-Package", "org.osgi.framework,org.apache.felix.hc.api")
                .activator(FailingCheck.class)
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.check", "ACTIVE");

        assertThat(kernel.http("GET", "/health/ready").statusCode()).isEqualTo(503);
        assertThat(kernel.run("health:check"))
                .contains("NOT READY")
                .contains("acme check")
                .contains("NoSuchMethodError");
    }

    @Test
    void goesOnWithoutEndpointWhileThePortIsTakenAndOpensItWhenItIsFree() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.createDirectories(home.resolve("etc"));
            Files.writeString(home.resolve("etc/kernel.json"), "{\"endpoint-port\": " + taken.getLocalPort() + "}");
            start();

            assertThat(kernel.awaitOutput("health:check", "Tried to listen at 127.0.0.1:" + taken.getLocalPort()))
                    .contains("free the port or set endpoint-port in etc/kernel.json");
            assertThat(kernel.run("kernel:info")).containsPattern("endpoint +none");
        }

        await("the endpoint to open on the port that is free now")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(kernel.run("kernel:info")).doesNotContainPattern("endpoint +none"));
        assertThat(kernel.run("health:check")).doesNotContain("Tried to listen");
        assertThat(kernel.http("GET", "/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void leavesNoThreadThatTriesToOpenTheEndpoint() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.createDirectories(home.resolve("etc"));
            Files.writeString(home.resolve("etc/kernel.json"), "{\"endpoint-port\": " + taken.getLocalPort() + "}");
            start();
            assertThat(openingThreads()).isOne();

            kernel.close();

            assertThat(openingThreads()).isZero();
        }
    }

    private static long openingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("endpoint-opening"))
                .count();
    }

    @Test
    void reportsThreeMistakesAtOnceAndKeepsTheLastGoodConfiguration() throws IOException {
        start();
        TestBundle.named("acme.store")
                .file("OSGI-INF/metatype/store.xml", METATYPE)
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "ACTIVE");
        kernel.awaitOutput("config:list acme", "no such file, the defaults are in force");
        Path file = kernel.etc().resolve("acme.store.json");
        Files.writeString(file, "{\"queue-bytes\": 2048}");
        kernel.awaitOutput("config:list acme", "in force\n");

        Files.writeString(file, "{\"queue-byte\": 5, \"mode\": \"quick\", \"queue-bytes\": \"many\"}");

        assertThat(kernel.awaitOutput("config:list acme", "rejected"))
                .contains("the last good one is in force")
                .contains("unknown key 'queue-byte'; did you mean 'queue-bytes'?")
                .contains("'mode' is 'quick' but must be one of fast, safe")
                .contains("'queue-bytes' is 'many' but must be a whole number")
                .contains("queue-bytes = 2048");
        assertThat(kernel.run("health:check")).contains("did you mean 'queue-bytes'?");

        Files.writeString(file, "{\"queue-byte\": 5, \"queue-bytes\": 5000}");

        assertThat(kernel.awaitOutput("config:list acme", "'queue-bytes' is '5000' but must not be"))
                .contains("unknown key 'queue-byte'");
    }

    @Test
    void saysThatACommandHasNoPluginBehindItNow() {
        start();
        kernel.context()
                .registerService(
                        Runnable.class.getName(),
                        new BrokenOffer(),
                        FrameworkUtil.asDictionary(
                                Map.of("osgi.command.scope", "acme", "osgi.command.function", "run")));

        assertThat(kernel.awaitOutput("acme:run", "see plugin:list"))
                .isEqualToIgnoringWhitespace(
                        "The plug-in that offers this command does not work at the moment; see plugin:list.");
    }

    /** As Declarative Services offer a component that cannot be activated. */
    private static final class BrokenOffer implements ServiceFactory<Object> {
        @Override
        @SuppressWarnings("NullAway")
        public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
            return null;
        }

        @Override
        public void ungetService(Bundle bundle, ServiceRegistration<Object> registration, Object service) {
            // Nothing was given.
        }
    }

    @Test
    void saysWhereJsonIsBrokenAndForgetsDeletedFiles() throws IOException {
        start();
        Path file = kernel.etc().resolve("acme.other.json");
        Files.writeString(file, "{\"a\": 1}");
        kernel.awaitOutput("config:list", "acme.other (acme.other.json): in force, unchecked");

        Files.writeString(file, "{\"a\": 1,\n \"b\" 2}");
        assertThat(kernel.awaitOutput("config:list acme", "malformed")).contains("Line 2, column ");

        Files.delete(file);
        kernel.awaitOutput("config:list acme", "There is no configuration acme");
    }

    @Test
    void setsOneKeyAfterACheckAndHidesSecrets() throws IOException {
        start();
        TestBundle.named("acme.store")
                .file("OSGI-INF/metatype/store.xml", METATYPE)
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "ACTIVE");

        assertThat(kernel.run("config:set acme.store queue-bytes 99"))
                .endsWith("acme.store: queue-bytes = 99 is in force.\n");
        assertThat(kernel.run("config:set acme.store password geheim"))
                .contains("password = ***")
                .doesNotContain("geheim");
        assertThat(kernel.run("config:set acme.store mode quick")).contains("must be one of fast, safe");
        assertThat(kernel.run("config:set acme.store queue-bytes 9999")).contains("queue-bytes");

        assertThat(Files.readString(kernel.etc().resolve("acme.store.json")))
                .contains("\"queue-bytes\" : 99")
                .contains("geheim");
        assertThat(kernel.run("config:list acme")).contains("password = ***").contains("queue-bytes = 99");
        assertThat(kernel.run("config:set acme.store password ''")).doesNotContain("***");
        assertThat(kernel.run("config:list acme")).as("an empty secret").contains("password = \n");
    }

    @Test
    void setsNoKeyOfAConfigurationThatNobodyKnowsUnlessItHasAFile() throws IOException {
        start();
        TestBundle.named("acme.store")
                .file("OSGI-INF/metatype/store.xml", METATYPE)
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "ACTIVE");

        assertThat(kernel.run("config:set acme.stroe queue-bytes 99"))
                .contains("Nothing is configured by 'acme.stroe'; did you mean 'acme.store'?")
                .contains("create acme.stroe.json by hand")
                .doesNotContain("in force");
        assertThat(kernel.etc().resolve("acme.stroe.json")).doesNotExist();

        Files.writeString(kernel.etc().resolve("acme.later.json"), "{\"a\": 1}");
        assertThat(kernel.run("config:set acme.later a 2")).contains("acme.later: a = 2 is in force, unchecked");
        assertThat(Files.readString(kernel.etc().resolve("acme.later.json"))).contains("2");
    }

    @Test
    void showsAMistypedFileNameAsAProblemThatDoesNotForbidReadiness() throws IOException {
        start();
        TestBundle.named("acme.store")
                .file("OSGI-INF/metatype/store.xml", METATYPE)
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.store", "ACTIVE");
        Path mistyped = kernel.etc().resolve("acme.stroe.json");
        Files.writeString(mistyped, "{\"queue-bytes\": 5}");
        Files.writeString(kernel.etc().resolve("something.else.entirely.json"), "{\"a\": 1}");

        String sentence = "acme.stroe.json: Nothing is configured by 'acme.stroe'; did you mean 'acme.store'?";
        assertThat(kernel.awaitOutput("health:check", sentence))
                .startsWith("READY\n")
                .doesNotContain("entirely");
        assertThat(kernel.http("GET", "/health/ready").statusCode()).isEqualTo(200);

        Files.delete(mistyped);
        await("the problem to go with the file")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(kernel.run("health:check")).doesNotContain("acme.stroe"));
    }

    @Test
    void saysThatTheKernelsOwnConfigurationWaitsForTheNextStart() {
        start();
        kernel.awaitOutput("health:check", "READY\n");

        assertThat(kernel.run("config:set kernel stop-budget-seconds 3"))
                .endsWith("kernel: stop-budget-seconds = 3 takes effect at the next start.\n")
                .doesNotContain("in force");
    }

    @Test
    void showsTheHelpOfACommandAndWhereACommandIsThatIsNotHere() {
        start();
        kernel.context()
                .registerService(
                        Object.class,
                        new Helpful(),
                        FrameworkUtil.asDictionary(
                                Map.of("osgi.command.scope", "acme", "osgi.command.function", "sell")));
        kernel.context()
                .registerService(
                        Object.class,
                        new Object(),
                        FrameworkUtil.asDictionary(Map.of(
                                "espalier.commands.elsewhere",
                                new String[] {"node", "tree"},
                                "espalier.commands.sentence",
                                "is a command of the master; run it there.")));

        kernel.awaitOutput("acme:sell 5", "sold 5");
        assertThat(kernel.run("acme:sell --help")).isEqualTo("Usage: acme:sell AMOUNT.\n");
        assertThat(kernel.run("plugin:restart --help")).contains("restart").contains("String");
        assertThat(kernel.run("node:list --all")).isEqualTo("node:list is a command of the master; run it there.\n");
        assertThat(kernel.run("node:list --help")).contains("is a command of the master");
        assertThat(kernel.run("acme:buy 5")).contains("ommand not found: acme:buy; see help for all commands.");
    }

    /** A command that knows its usage. */
    public static final class Helpful {
        /** Sells. */
        public String sell(String amount) {
            if (amount.equals("--help")) {
                throw new IllegalArgumentException("Usage: acme:sell AMOUNT.");
            }
            return "sold " + amount;
        }
    }

    @Test
    void turnsWhateverACommandThrowsIntoASentenceAndInterruptsThoseOfAClientThatLeaves() throws IOException {
        start();
        TestBundle.named("acme.one")
                .header("Import-Package", "org.osgi.framework,org.apache.felix.hc.api")
                .type(Named.class)
                .activator(Looking.class)
                .writeTo(kernel.deploy());
        kernel.awaitState("acme.one", "ACTIVE");

        try (ControlClient client = ControlClient.connect(kernel.socket())) {
            client.send("acme-one:hang");
            awaitValue("acme.one.hang", "began");
        }
        awaitValue("acme.one.hang", "interrupted");

        assertThat(kernel.run("acme-one:fail"))
                .startsWith("java.lang.NoClassDefFoundError: acme/Gone (")
                .hasLineCount(1);
        assertThat(kernel.run("nothing:here")).contains("not found").hasLineCount(1);
        assertThat(kernel.run("plugin:explain acme.on"))
                .contains("did you mean 'acme.one'?")
                .hasLineCount(1);
        assertThat(kernel.run("plugin:explain")).hasLineCount(1);
        assertThat(kernel.run("log:tail")).contains("The launcher offers no log control");
    }

    private static void awaitValue(String property, String value) {
        await(property + " to be " + value)
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(System.getProperty(property)).isEqualTo(value));
    }
}
