package io.espalier.kernel.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.kernel.fakes.Jars;
import io.espalier.kernel.fakes.RecordedEvents;
import io.espalier.kernel.plugin.PluginEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropFolderTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Path folder;
    private final RecordedTarget target = new RecordedTarget();
    private final RecordedEvents events = new RecordedEvents();
    private DropFolder drop;

    DropFolderTest(@TempDir Path parent) {
        folder = parent.resolve("deploy");
        drop = watch(Duration.ofMillis(50), Duration.ofMillis(200));
    }

    private DropFolder watch(Duration settle, Duration patience) {
        return new DropFolder(folder, new DropFolder.Timing(settle, patience, Duration.ofMillis(500)), target, events);
    }

    @BeforeEach
    void makeFolder() throws IOException {
        Files.createDirectories(folder);
    }

    @AfterEach
    void close() {
        drop.close();
    }

    @Test
    void takesJarThatLiesThereAtTheStart() {
        Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        drop.start();
        awaitJournal("deploy a.jar");
    }

    @Test
    void takesJarThatIsRenamedIntoTheFolder() {
        drop.start();
        Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
        assertThat(target.jars().get(0).digest()).hasSize(64);
    }

    @Test
    void wholeJarIsNotMadeToSettle() {
        drop = watch(Duration.ofHours(1), Duration.ofHours(1));
        drop.start();
        Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
    }

    @Test
    void waitsForJarThatIsWrittenSlowly() throws IOException {
        drop = watch(Duration.ofMillis(50), Duration.ofHours(1));
        drop.start();
        byte[] whole = Jars.bundle("a", "1", 1);
        Path jar = Jars.write(folder.resolve("a.jar"), Arrays.copyOf(whole, whole.length / 2));
        // A second jar that is taken proves that the half one was looked at and left alone.
        Jars.rename(folder.resolve("b.jar"), Jars.bundle("b", "1", 1));
        awaitJournal("deploy b.jar");
        assertThat(target.journal()).containsExactly("deploy b.jar");

        Files.write(jar, Arrays.copyOfRange(whole, whole.length / 2, whole.length), StandardOpenOption.APPEND);
        awaitJournal("deploy b.jar", "deploy a.jar");
        assertThat(events.of(PluginEvent.JarRefused.class)).isEmpty();
    }

    @Test
    void refusesJarThatStaysTruncatedAndTakesItBackWhenRepaired() throws IOException {
        drop.start();
        byte[] whole = Jars.bundle("a", "1", 1);
        Path jar = Jars.rename(folder.resolve("a.jar"), Arrays.copyOf(whole, whole.length / 2));
        Path note = folder.resolve("a.jar.refused");
        await("the note").until(() -> Files.exists(note) && Files.size(note) > 0);
        assertThat(Files.readString(note))
                .contains("a.jar cannot be used", "not a whole zip")
                .hasLineCount(1);
        assertThat(events.of(PluginEvent.JarRefused.class)).hasSize(1);

        Jars.rename(jar, whole);
        awaitJournal("deploy a.jar");
        await("the note goes").until(() -> Files.notExists(note));
    }

    @Test
    void refusesJarWithDamagedEntry() {
        drop.start();
        byte[] bytes = Jars.bundle("a", "1", 1);
        bytes[bytes.length / 2] ^= 0x55;
        Jars.rename(folder.resolve("a.jar"), bytes);
        await("the refusal")
                .until(() -> !events.of(PluginEvent.JarRefused.class).isEmpty());
        assertThat(events.of(PluginEvent.JarRefused.class).get(0).reason()).contains("noise.bin");
        assertThat(target.journal()).isEmpty();
    }

    @Test
    void noteOfDeletedJarGoes() throws IOException {
        drop.start();
        Path jar = Jars.rename(folder.resolve("a.jar"), new byte[10]);
        Path note = folder.resolve("a.jar.refused");
        await("the note").until(() -> Files.exists(note));
        Files.delete(jar);
        await("the note goes").until(() -> Files.notExists(note));
        assertThat(target.journal()).isEmpty();
    }

    @Test
    void refusalOfTheRuntimeIsWrittenDownToo() {
        target.refuse("a.jar", "a.jar is no bundle;\nit has no Bundle-SymbolicName.");
        drop.start();
        Jars.rename(folder.resolve("a.jar"), Jars.noBundle());
        Path note = folder.resolve("a.jar.refused");
        await("the note").until(() -> Files.exists(note) && Files.size(note) > 0);
        assertThat(note)
                .content()
                .contains("is no bundle; it has no Bundle-SymbolicName.")
                .hasLineCount(1);
    }

    @Test
    void replacedJarIsHandedOverAgainButTheSameContentIsNot() {
        drop.start();
        Path jar = Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
        Jars.rename(jar, Jars.bundle("a", "1", 1));
        Jars.rename(folder.resolve("b.jar"), Jars.bundle("b", "1", 1));
        awaitJournal("deploy a.jar", "deploy b.jar");
        Jars.rename(jar, Jars.bundle("a", "2", 1));
        awaitJournal("deploy a.jar", "deploy b.jar", "deploy a.jar");
    }

    @Test
    void jarOverwrittenInPlaceIsHandedOverAgain() {
        drop.start();
        Path jar = Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
        Jars.write(jar, Jars.bundle("a", "1", 2));
        await("the second hand-over").until(() -> target.journal().size() == 2);
    }

    @Test
    void deletedJarIsRemoved() throws IOException {
        drop.start();
        Path jar = Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
        Files.delete(jar);
        awaitJournal("deploy a.jar", "remove a.jar");
    }

    @Test
    void jarThatWasInTheWayIsTriedAgainWhenTheOtherIsDeleted() throws IOException {
        target.refuse("b.jar", "a.jar holds the same plug-in.");
        drop.start();
        Path first = Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        Jars.rename(folder.resolve("b.jar"), Jars.bundle("a", "2", 1));
        await("b.jar is refused").until(() -> Files.exists(folder.resolve("b.jar.refused")));
        target.refuseNothing();
        Files.delete(first);
        await("b.jar is taken")
                .until(() ->
                        target.journal().stream().filter("deploy b.jar"::equals).count() == 2);
        await("its note goes").until(() -> Files.notExists(folder.resolve("b.jar.refused")));
    }

    @Test
    void ignoresWhatIsNoJarOrHidden() throws IOException {
        Files.write(folder.resolve("readme.txt"), new byte[3]);
        Jars.write(folder.resolve(".a.jar"), "hidden", "1");
        Jars.write(folder.resolve("a.jar.part"), "part", "1");
        drop.start();
        Jars.rename(folder.resolve("z.jar"), Jars.bundle("z", "1", 1));
        awaitJournal("deploy z.jar");
        assertThat(target.journal()).containsExactly("deploy z.jar");
    }

    @Test
    void folderThatIsMissingIsMade() throws IOException {
        Files.delete(folder);
        drop.start();
        await("the folder").until(() -> Files.isDirectory(folder));
        Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
    }

    @Test
    void fileInThePlaceOfTheFolderIsNotFatal() throws IOException {
        Files.delete(folder);
        Files.write(folder, new byte[1]);
        drop.start();
        Files.delete(folder);
        await("the folder").until(() -> Files.isDirectory(folder));
        Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
    }

    @Test
    void folderThatIsDeletedAndMadeAgainIsWatchedAgain() throws IOException {
        drop.start();
        Path jar = Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
        Files.delete(jar);
        Files.delete(folder);
        await("the folder").until(() -> Files.isDirectory(folder));
        Jars.rename(folder.resolve("b.jar"), Jars.bundle("b", "1", 1));
        awaitJournal("deploy a.jar", "remove a.jar", "deploy b.jar");
    }

    @Test
    void closeEndsTheThread() {
        drop.start();
        Jars.rename(folder.resolve("a.jar"), Jars.bundle("a", "1", 1));
        awaitJournal("deploy a.jar");
        drop.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("drop-folder"));
    }

    private void awaitJournal(String... entries) {
        await("the journal " + Arrays.toString(entries))
                .untilAsserted(() -> assertThat(target.journal()).containsExactly(entries));
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(DEADLINE).pollInterval(Duration.ofMillis(5));
    }
}
