package io.espalier.kernel.felix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.espalier.kernel.felix.context.ContextThreads;
import io.espalier.kernel.felix.fixture.Breaking;
import io.espalier.kernel.felix.fixture.Marking;
import io.espalier.kernel.felix.fixture.Refusing;
import io.espalier.kernel.felix.fixture.Throwing;
import io.espalier.kernel.felix.fixture.Waiting;
import io.espalier.kernel.felix.host.FrameworkKind;
import io.espalier.kernel.felix.host.TestBundle;
import io.espalier.kernel.felix.host.TestFramework;
import io.espalier.kernel.plugin.Diagnosis;
import io.espalier.kernel.plugin.InstalledPlugin;
import io.espalier.kernel.plugin.PluginException;
import io.espalier.kernel.plugin.PluginException.Code;
import io.espalier.kernel.plugin.PluginId;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.util.tracker.ServiceTracker;

@SuppressWarnings("NullAway.Init")
class FelixPluginRuntimeTest {
    private static final List<String> EXPORTS = List.of(
            "org.osgi.service.component.runtime;version=\"1.5.1\"",
            "org.osgi.service.component.runtime.dto;version=\"1.5.1\"",
            "org.osgi.service.component;version=\"1.5.1\"",
            "org.osgi.util.promise;version=\"1.3.0\"",
            "org.osgi.util.function;version=\"1.2.0\"",
            "org.osgi.dto;version=\"1.1.1\"");

    @TempDir
    private Path folder;

    private TestFramework host;
    private FelixPluginRuntime runtime;

    private void start(FrameworkKind kind) {
        host = TestFramework.create(kind, folder.resolve("cache"), EXPORTS, Map.of())
                .withSystemBundles()
                .start();
        ServiceTracker<ServiceComponentRuntime, ServiceComponentRuntime> components =
                new ServiceTracker<>(host.framework().getBundleContext(), ServiceComponentRuntime.class, null);
        components.open();
        runtime = new FelixPluginRuntime(
                host.framework().getBundleContext(),
                folder.resolve("plugins"),
                new WaitingComponents(components::getService),
                bundle -> {},
                bundle -> List.of(),
                new ContextThreads(getClass().getClassLoader()));
    }

    @AfterEach
    void stop() {
        host.close();
        System.clearProperty("acme.marking");
    }

    @ParameterizedTest
    @EnumSource
    void startsStopsAndRemovesBundle(FrameworkKind kind) throws Exception {
        start(kind);

        InstalledPlugin plugin = runtime.install(TestBundle.named("acme.marking")
                .activator(Marking.class)
                .header("Espalier-Start-Budget", "30s")
                .writeTo(folder));
        assertThat(plugin).isEqualTo(new InstalledPlugin(plugin.id(), "1.0.0", Duration.ofSeconds(30)));
        assertThat(runtime.diagnose(plugin.id())).isEqualTo(new Diagnosis.Stopped());
        runtime.start(plugin.id());
        runtime.start(plugin.id());
        assertThat(System.getProperty("acme.marking")).isEqualTo("1.0.0");
        assertThat(runtime.diagnose(plugin.id())).isEqualTo(new Diagnosis.Working());
        runtime.stop(plugin.id());
        assertThat(System.getProperty("acme.marking")).isNull();

        assertThat(runtime.uninstall(plugin.id())).isPresent();
        assertThat(failure(() -> runtime.start(plugin.id())).code()).isEqualTo(Code.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource
    void refusesTruncatedJar(FrameworkKind kind) throws IOException {
        start(kind);
        Path whole = TestBundle.named("acme.cut").activator(Marking.class).writeTo(folder);
        Path cut = folder.resolve("cut.jar");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(whole), (int) Files.size(whole) / 2));

        PluginException failure = failure(() -> runtime.install(cut));

        assertThat(failure.code()).isEqualTo(Code.UNUSABLE_JAR);
        assertThat(failure).hasMessageContaining("cut.jar cannot be used: it is no readable zip file");
    }

    @ParameterizedTest
    @EnumSource
    void refusesJarThatIsNoBundle(FrameworkKind kind) {
        start(kind);
        Path plain = TestBundle.named("x").header("Bundle-SymbolicName", "").writeTo(folder);

        assertThat(failure(() -> runtime.install(plain)))
                .hasMessageContaining("no Bundle-SymbolicName")
                .extracting(PluginException::code)
                .isEqualTo(Code.UNUSABLE_JAR);
    }

    @ParameterizedTest
    @EnumSource
    void refusesDuplicate(FrameworkKind kind) throws PluginException {
        start(kind);
        runtime.install(TestBundle.named("acme.twice").writeTo(folder));

        PluginException failure =
                failure(() -> runtime.install(TestBundle.named("acme.twice").write(folder.resolve("other.jar"))));

        assertThat(failure.code()).isEqualTo(Code.DUPLICATE);
        assertThat(failure).hasMessageContaining("acme.twice, which is installed already in version 1.0.0");
    }

    @ParameterizedTest
    @EnumSource
    void saysWhichPackageIsMissing(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.user").header("Import-Package", "com.acme.x;version=\"[2.1,3)\""));

        PluginException failure = failure(() -> runtime.start(id));

        assertThat(failure.code()).isEqualTo(Code.UNRESOLVED);
        assertThat(failure)
                .hasMessage("acme.user needs package com.acme.x version [2.1.0,3.0.0): no installed plug-in exports"
                        + " package com.acme.x; install the bundle that exports it.");
        assertThat(runtime.diagnose(id)).isEqualTo(new Diagnosis.Unresolved(List.of(failure.getMessage())));
    }

    @ParameterizedTest
    @EnumSource
    void saysInWhichVersionAPackageIsThereInstead(FrameworkKind kind) throws PluginException {
        start(kind);
        install(TestBundle.named("acme.library").header("Export-Package", "com.acme.x;version=1.5.0"));
        PluginId id = install(TestBundle.named("acme.user").header("Import-Package", "com.acme.x;version=\"[2,3)\""));

        assertThat(failure(() -> runtime.start(id)))
                .hasMessageContaining("package com.acme.x is exported only in version 1.5.0 (acme.library)");
    }

    @ParameterizedTest
    @EnumSource
    void namesWhatAProviderItselfLacks(FrameworkKind kind) throws PluginException {
        start(kind);
        install(TestBundle.named("acme.library")
                .header("Export-Package", "com.acme.x;version=1.5.0")
                .header("Import-Package", "com.acme.base"));
        PluginId id = install(TestBundle.named("acme.user").header("Import-Package", "com.acme.x"));

        assertThat(failure(() -> runtime.start(id)))
                .hasMessageContaining("package com.acme.x")
                .hasMessageContaining("comes from acme.library, and acme.library needs package com.acme.base");
    }

    @ParameterizedTest
    @EnumSource
    void saysThatJavaIsTooOld(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.modern")
                .header("Require-Capability", "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\""));

        assertThat(failure(() -> runtime.start(id))).hasMessageContaining("acme.modern needs Java 99: this is Java ");
    }

    @ParameterizedTest
    @EnumSource
    void namesMissingCapabilityAndBundle(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.needy")
                .header("Require-Capability", "com.acme.driver;filter:=\"(com.acme.driver=tape)\"")
                .header("Require-Bundle", "acme.absent;bundle-version=\"[1,2)\""));

        assertThat(failure(() -> runtime.start(id)))
                .hasMessageContaining("capability com.acme.driver=tape: no installed plug-in provides it")
                .hasMessageContaining("bundle acme.absent version [1.0.0,2.0.0): it is not installed");
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatAnActivatorThrew(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.throwing").activator(Throwing.class));

        PluginException failure = failure(() -> runtime.start(id));

        assertThat(failure.code()).isEqualTo(Code.THREW);
        assertThat(failure)
                .hasMessageContaining(
                        "The start of acme.throwing failed: java.lang.IllegalStateException: no licence key (")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhichErrorAnActivatorThrew(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.breaking").activator(Breaking.class));

        assertThat(failure(() -> runtime.start(id)))
                .hasMessageContaining("java.lang.NoSuchMethodError: acme.Library.call()")
                .extracting(PluginException::code)
                .isEqualTo(Code.THREW);
    }

    @ParameterizedTest
    @EnumSource
    void saysWhichServiceAComponentWaitsFor(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(
                TestBundle.named("acme.waiting")
                        .component(
                                Waiting.class,
                                "immediate=\"true\"",
                                "<reference name=\"store\" interface=\"com.acme.Store\" target=\"(kind=disk)\" bind=\"bind\" unbind=\"unbind\"/>"));

        runtime.start(id);

        assertThat(unsatisfied(id))
                .isEqualTo("Component Waiting waits for a service com.acme.Store (reference store, filter (kind=disk));"
                        + " no plug-in offers it; install or enable one that does.");
    }

    @ParameterizedTest
    @EnumSource
    void saysWhichConfigurationAComponentNeeds(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.unconfigured")
                .component(
                        Waiting.class,
                        "immediate=\"true\" configuration-policy=\"require\" configuration-pid=\"acme.store\"",
                        ""));

        runtime.start(id);

        assertThat(unsatisfied(id))
                .isEqualTo("Component Waiting needs configuration acme.store: create etc/acme.store.json.");
    }

    @ParameterizedTest
    @EnumSource
    void saysWhyAComponentDidNotActivate(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.refusing")
                .component(Refusing.class, "immediate=\"true\" activate=\"activate\"", ""));

        runtime.start(id);

        assertThat(unsatisfied(id))
                .startsWith(
                        "Component Refusing failed to activate: java.lang.IllegalStateException: port 80 is taken.");
    }

    @ParameterizedTest
    @EnumSource
    void namesTheCauseBeforeThoseThatWaitForIt(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.chain")
                .component(
                        Waiting.class,
                        "immediate=\"true\"",
                        "<reference name=\"store\" interface=\"com.acme.Store\" bind=\"bind\" unbind=\"unbind\"/>")
                .component(
                        Refusing.class,
                        "immediate=\"true\" configuration-policy=\"require\" configuration-pid=\"acme.store\"",
                        "<service><provide interface=\"com.acme.Store\"/></service>"));

        runtime.start(id);

        assertThat(runtime.diagnose(id))
                .isInstanceOfSatisfying(Diagnosis.Unsatisfied.class, found -> assertThat(found.components())
                        .extracting(Diagnosis.Component::name)
                        .containsExactly("Refusing", "Waiting"));
    }

    @ParameterizedTest
    @EnumSource
    void putsNewVersionInPlaceOfTheOld(FrameworkKind kind) throws PluginException {
        start(kind);
        PluginId id = install(TestBundle.named("acme.marking").activator(Marking.class));
        runtime.start(id);
        runtime.stop(id);

        runtime.update(
                id,
                TestBundle.named("acme.marking")
                        .version("1.1.0")
                        .activator(Marking.class)
                        .writeTo(folder));
        runtime.start(id);

        assertThat(System.getProperty("acme.marking")).isEqualTo("1.1.0");
    }

    @ParameterizedTest
    @EnumSource
    void neverStartsAFragment(FrameworkKind kind) throws PluginException {
        start(kind);
        install(TestBundle.named("acme.host"));
        PluginId id = install(TestBundle.named("acme.part").header("Fragment-Host", "acme.host"));

        runtime.start(id);
        assertThat(runtime.diagnose(id)).isEqualTo(new Diagnosis.Working());
        runtime.stop(id);
        assertThat(runtime.uninstall(id)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void leavesNoClassLoaderAfterTwoHundredCycles(FrameworkKind kind) throws PluginException {
        start(kind);
        Path jar = TestBundle.named("acme.marking").activator(Marking.class).writeTo(folder);
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

        for (int i = 0; i < 200; i++) {
            PluginId id = runtime.install(jar).id();
            runtime.start(id);
            runtime.stop(id);
            loaders.add(new WeakReference<>(runtime.uninstall(id).orElseThrow()));
        }

        await("200 class loaders to be collected")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    System.gc();
                    assertThat(loaders).allMatch(loader -> loader.refersTo(null));
                });
    }

    private PluginId install(TestBundle bundle) throws PluginException {
        return runtime.install(bundle.writeTo(folder)).id();
    }

    private String unsatisfied(PluginId id) {
        return ((Diagnosis.Unsatisfied) runtime.diagnose(id))
                .components()
                .get(0)
                .reason();
    }

    private static PluginException failure(ThrowingCallable call) {
        PluginException failure = catchThrowableOfType(PluginException.class, call);
        assertThat(failure).as("the call must fail").isNotNull();
        return failure;
    }
}
