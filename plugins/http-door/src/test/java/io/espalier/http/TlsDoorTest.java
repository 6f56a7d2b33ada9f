package io.espalier.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TlsDoorTest {
    private final Authority authority;
    private final Authority.Identity client;
    private final ChangingKeys keys;
    private final RevokingTrust trust;
    private final AtomicInteger served = new AtomicInteger();
    private HttpDoor door;

    TlsDoorTest() throws Exception {
        authority = new Authority("House");
        client = authority.issue("node-a");
        keys = new ChangingKeys(authority.issue("door-1").keyManager());
        trust = new RevokingTrust(authority.trustManager());
    }

    @BeforeEach
    void open() throws DoorException {
        door = open("tls-door", true);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private HttpDoor open(String name, boolean required) throws DoorException {
        DoorSettings settings = DoorSettings.of(name, "127.0.0.1", 0)
                .withTls(new DoorTls(keys, trust, required))
                .withCloseLimit(Duration.ofMillis(200));
        return HttpDoor.open(settings, this::routes);
    }

    private void routes(Router router) {
        router.get("/who").handler(ctx -> {
            served.incrementAndGet();
            ctx.end(PeerCertificate.of(ctx)
                    .map(peer -> peer.getSubjectX500Principal().getName())
                    .orElse("nobody"));
        });
    }

    @Test
    void servesAClientWithACertificateOfTheHouseAndKnowsIt() throws Exception {
        HttpResponse<String> answer = ask(authority.client(client));

        assertThat(answer.body()).isEqualTo("CN=node-a");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
        assertThat(door.address("/who")).hasToString("https://127.0.0.1:" + door.port() + "/who");
    }

    @Test
    void takesTheFastestCipherOfTls13AndAlsoSpeaksTls12() throws Exception {
        SSLContext context = authority.client(client);

        assertThat(session(context, "TLSv1.3")).isEqualTo("TLSv1.3 TLS_AES_128_GCM_SHA256");
        assertThat(session(context, "TLSv1.2")).isEqualTo("TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    }

    @Test
    void refusesAClientWithoutACertificate() throws Exception {
        assertRefused(authority.client(null));
    }

    @Test
    void refusesAClientOfAnotherAuthority() throws Exception {
        Authority.Identity stranger = new Authority("Stranger").issue("node-a");

        assertRefused(authority.client(stranger));
    }

    @Test
    void clientRefusesADoorOfAnotherAuthority() throws Exception {
        assertRefused(new Authority("Stranger").client(client));
    }

    @Test
    void asksForACertificateButServesWithoutWhenNoneIsRequired() throws Exception {
        try (HttpDoor open = open("open-tls", false)) {
            assertThat(ask(open, authority.client(null)).body()).isEqualTo("nobody");
            assertThat(ask(open, authority.client(client)).body()).isEqualTo("CN=node-a");
            Authority.Identity stranger = new Authority("Stranger").issue("node-a");
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> ask(open, authority.client(stranger)));
        }
    }

    @Test
    void aRenewedCertificateIsShownOnTheNextConnection() throws Exception {
        assertThat(doorName(authority.client(client))).isEqualTo("CN=door-1");

        keys.renew(authority.issue("door-2").keyManager());

        assertThat(doorName(authority.client(client))).isEqualTo("CN=door-2");
    }

    @Test
    void refusesARevokedClientAlsoWhereItResumesASession() throws Exception {
        SSLContext context = authority.client(client);
        assertThat(raw(context)).contains("CN=node-a");
        assertThat(raw(context)).contains("CN=node-a");
        int before = served.get();

        trust.revoke(client.certificate());

        for (int i = 0; i < 20; i++) {
            assertThat(raw(context)).as("the answer to a revoked client").isEmpty();
        }
        assertRefused(authority.client(client));
        assertThat(served).hasValue(before);
        assertThat(ask(authority.client(authority.issue("node-b"))).body()).isEqualTo("CN=node-b");
    }

    @Test
    void silentAndTalkativeStrangersAreDroppedAndHarmNobody() throws Exception {
        try (Socket silent = plain();
                Socket talkative = plain()) {
            talkative.getOutputStream().write("GET /who HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(ask(authority.client(client)).body()).isEqualTo("CN=node-a");
            assertThat(new String(talkative.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("HTTP");
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void peersMayKnowTheDoorByAnyNameButPagesOfOtherSitesAreRefused() throws Exception {
        SSLContext context = authority.client(client);

        assertThat(raw(context, "Host: node-b.example:8443\r\n")).contains(" 200 ");
        assertThat(raw(context, "Host: node-b.example\r\nOrigin: https://node-b.example:443\r\n"))
                .contains(" 200 ");
        assertThat(raw(context, "Host: node-b.example\r\nOrigin: https://evil.example\r\n"))
                .contains(" 403 ", "FOREIGN_ORIGIN");
        try (HttpDoor open = open("open-tls", false)) {
            HttpDoor before = door;
            door = open;
            assertThat(raw(context, "Host: node-b.example\r\n")).contains(" 403 ", "FOREIGN_HOST");
            door = before;
        }
    }

    private void assertRefused(SSLContext context) {
        int before = served.get();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> ask(context));
        assertThat(served).hasValue(before);
    }

    private HttpResponse<String> ask(SSLContext context) throws Exception {
        return ask(door, context);
    }

    private static HttpResponse<String> ask(HttpDoor door, SSLContext context) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(door.address("/who"))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newBuilder().sslContext(context).build().send(request, BodyHandlers.ofString());
    }

    private String doorName(SSLContext context) throws IOException {
        try (SSLSocket socket = connected(context)) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    private String session(SSLContext context, String protocol) throws IOException {
        try (SSLSocket socket = connected(context)) {
            socket.setEnabledProtocols(new String[] {protocol});
            return socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
        }
    }

    private String raw(SSLContext context) {
        return raw(context, "Host: localhost\r\n");
    }

    /** The door's answer on a connection of its own; empty where the door ends it without an answer. */
    private String raw(SSLContext context, String headers) {
        try (SSLSocket socket = connected(context)) {
            socket.getOutputStream()
                    .write(("GET /who HTTP/1.1\r\nConnection: close\r\n" + headers + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ended) {
            return "";
        }
    }

    private SSLSocket connected(SSLContext context) throws IOException {
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), door.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private Socket plain() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
        socket.setSoTimeout(20_000);
        return socket;
    }
}
