package io.espalier.registry.http;

import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS that trusts the system's authorities and those of a file: blobs may be redirected to a public store. */
final class TrustedAuthorities {
    private TrustedAuthorities() {}

    static SSLContext with(Path file) throws RegistryException {
        try {
            KeyStore all = KeyStore.getInstance("PKCS12");
            all.load(null, null);
            int number = 0;
            for (Certificate certificate : read(file)) {
                all.setCertificateEntry("file-" + number++, certificate);
            }
            if (number == 0) {
                throw new IOException("it has no certificate");
            }
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager system) {
                    for (X509Certificate certificate : system.getAcceptedIssuers()) {
                        all.setCertificateEntry("system-" + number++, certificate);
                    }
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(all), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw RegistryException.lasting(
                    ErrorCode.UNTRUSTED,
                    "Tried to read trusted certificates from " + file + " but got: " + e.getMessage()
                            + ". It must be a file of PEM certificates.",
                    e);
        }
    }

    private static Collection<? extends Certificate> read(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
