package io.espalier.http;

import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.X509TrustManager;

/** The trust manager of a program that revokes certificates while it runs. */
final class RevokingTrust implements X509TrustManager {
    private final X509TrustManager authority;
    private final Set<BigInteger> revoked = ConcurrentHashMap.newKeySet();

    RevokingTrust(X509TrustManager authority) {
        this.authority = authority;
    }

    void revoke(X509Certificate certificate) {
        revoked.add(certificate.getSerialNumber());
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        authority.checkClientTrusted(chain, type);
        if (revoked.contains(chain[0].getSerialNumber())) {
            throw new CertificateException("The certificate is revoked.");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        authority.checkServerTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.getAcceptedIssuers();
    }
}
