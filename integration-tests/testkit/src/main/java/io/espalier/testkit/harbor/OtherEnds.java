package io.espalier.testkit.harbor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.espalier.testkit.registry.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Clients of a double for other registries: one that checks certificates, one for entries that say
 * "insecure", and one for each entry with an authority of its own. */
final class OtherEnds {
    private final HttpClient checking =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpClient trusting = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(anybody())
            .build();

    /** @param registry the entry of the other end */
    HttpClient client(JsonNode registry) throws IOException {
        if (registry.path("insecure").asBoolean()) {
            return trusting;
        }
        String authority = registry.path("ca_certificate").asText();
        return authority.isEmpty()
                ? checking
                : HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(by(authority))
                        .build();
    }

    private static SSLContext by(String authority) throws IOException {
        try {
            return TestAuthority.trusting((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(authority.getBytes(UTF_8))));
        } catch (GeneralSecurityException e) {
            throw new IOException("The CA certificate cannot be read.", e);
        }
    }

    private static SSLContext anybody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anybody()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("This JDK has no TLS.", e);
        }
    }

    /** Believes every certificate and host name. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
