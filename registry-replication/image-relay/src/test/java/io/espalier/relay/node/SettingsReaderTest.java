package io.espalier.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.embedded.node.EmbeddedSettings;
import io.espalier.registry.endpoint.Credentials;
import io.espalier.relay.seal.CredentialSeal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsReaderTest {
    private static final String TOKEN = "abcdefghijklmnopqrstuvwxyz." + "0".repeat(64);

    private static final StoreTexts NO_STORE = new StoreTexts("", 5000, 1 << 30);

    @TempDir
    private Path folder;

    static RelayTexts texts(String master, String url, String user, String password) {
        return new RelayTexts(
                "node-b",
                "localhost",
                "",
                0,
                master,
                TOKEN,
                "paris",
                url,
                user,
                password,
                "",
                List.of(),
                1 << 30,
                0,
                -1,
                false,
                NO_STORE);
    }

    private RelaySettings read(RelayTexts texts) throws RelayException {
        return SettingsReader.read(texts, folder, "1.2.3");
    }

    @Test
    void readsWhatANodeNeeds() throws Exception {
        RelaySettings settings = read(texts("master.example:8490", "http://127.0.0.1:5000", "", ""));

        assertThat(settings.node().value()).isEqualTo("node-b");
        assertThat(settings.bind()).isEqualTo("127.0.0.1");
        assertThat(settings.master().orElseThrow().host()).isEqualTo("master.example");
        assertThat(settings.joinToken()).isPresent();
        assertThat(settings.isMaster()).isFalse();
        assertThat(settings.registry().credentials()).isEmpty();
        assertThat(settings.registry().userAgent()).isEqualTo(SettingsReader.USER_AGENT);
    }

    @Test
    void withoutAMasterTheNodeIsTheMaster() throws Exception {
        assertThat(read(texts("", "https://registry:5000", "", "")).isMaster()).isTrue();
    }

    @Test
    void aSealedPasswordIsOpenedForTheRegistryAlone() throws Exception {
        String sealed = CredentialSeal.open(SettingsReader.sealKey(folder)).seal("pass word");
        RelayTexts texts = texts("", "https://registry:5000", "robot", sealed);

        assertThat(read(texts).registry().credentials()).contains(new Credentials("robot", "pass word"));
        assertThat(texts.toString()).doesNotContain(sealed);
        assertThat(read(texts).toString()).doesNotContain("pass word");
    }

    private static RelayTexts embedded(String host, StoreTexts store) {
        return new RelayTexts(
                "node-b", host, "", 0, "", "", "", "embedded", "", "", "", List.of(), 1 << 30, 0, -1, false, store);
    }

    @Test
    void aNodeWithoutARegistryHasItsOwnStore() throws Exception {
        RelaySettings settings = read(embedded("localhost", NO_STORE));

        assertThat(settings.store())
                .contains(new EmbeddedSettings(folder.resolve("store"), "127.0.0.1", "127.0.0.1", 5000, 1 << 30));
        assertThat(settings.registry().uri()).hasToString("http://127.0.0.1:5000");
        assertThat(read(texts("", "https://registry:5000", "", "")).store()).isEmpty();
    }

    @Test
    void aStoreForOthersIsReachedUnderTheHostOfTheNode() throws Exception {
        RelaySettings settings = read(embedded("b.example", new StoreTexts("0.0.0.0", 5001, 1 << 30)));

        assertThat(settings.registry().uri()).hasToString("http://b.example:5001");
        assertThat(settings.store().orElseThrow().bind()).isEqualTo("0.0.0.0");
    }

    @Test
    void settingsOfAStoreThatCannotBeAreTold() {
        assertThatThrownBy(() -> read(embedded("b.example", new StoreTexts("", 70_000, 1 << 30))))
                .hasMessageContaining("'registry-url' is embedded and store-port is 70000");
        assertThatThrownBy(() -> read(embedded("b.example", new StoreTexts("", 5000, 7))))
                .hasMessageContaining("store-bytes is 7");
    }

    @Test
    void everyProblemIsToldAtOnce() {
        RelayTexts texts = new RelayTexts(
                "No Name",
                "bad host!",
                "",
                70_000,
                "nowhere",
                "short",
                "s".repeat(101),
                "http://far.example:5000",
                "robot",
                "",
                "/nowhere/ca.pem",
                List.of(),
                5,
                -1,
                -2,
                false,
                NO_STORE);

        assertThatThrownBy(() -> read(texts))
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("'name'")
                .hasMessageContaining("'host'")
                .hasMessageContaining("'port' is 70000")
                .hasMessageContaining("'master'")
                .hasMessageContaining("'join-token'")
                .hasMessageContaining("'site'")
                .hasMessageContaining("'registry-url'")
                .hasMessageContaining("'registry-insecure-http'")
                .hasMessageContaining("'spool-bytes'")
                .hasMessageContaining("'uplink-bytes-per-second'")
                .hasMessageContaining("'max-children'");
    }

    @Test
    void plainHttpToAnotherMachineHasToBeAllowedByName() throws Exception {
        RelayTexts texts = new RelayTexts(
                "node-b",
                "b.example",
                "",
                1,
                "",
                "",
                "",
                "http://far.example:5000",
                "",
                "",
                "",
                List.of("far.example"),
                1 << 30,
                0,
                -1,
                false,
                NO_STORE);
        RelaySettings settings = read(texts);
        assertThat(settings.registry().plainHttp()).isTrue();
        assertThat(settings.bind())
                .as("a node that others reach listens for them")
                .isEqualTo("0.0.0.0");
    }

    @Test
    void aUserWithoutPasswordIsAProblem() {
        assertThatThrownBy(() -> read(texts("", "https://registry:5000", "robot", "")))
                .hasMessageContaining("belong together");
    }

    @Test
    void aPasswordSealedWithAnotherKeyIsAProblem(@TempDir Path other) throws Exception {
        String sealed = CredentialSeal.open(SettingsReader.sealKey(other)).seal("secret");
        assertThatThrownBy(() -> read(texts("", "https://registry:5000", "robot", sealed)))
                .hasMessageContaining("registry-password");
    }
}
