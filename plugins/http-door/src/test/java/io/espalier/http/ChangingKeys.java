package io.espalier.http;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.NullUnmarked;

/** The key manager of a program that renews its certificate while it runs; as a client it is a stubborn one. */
@NullUnmarked
final class ChangingKeys extends X509ExtendedKeyManager {
    private volatile X509ExtendedKeyManager now;

    ChangingKeys(X509ExtendedKeyManager first) {
        this.now = first;
    }

    void renew(X509ExtendedKeyManager next) {
        now = next;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return now.chooseEngineServerAlias(keyType, issuers, engine);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return now.chooseServerAlias(keyType, issuers, socket);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return now.getServerAliases(keyType, issuers);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return now.getClientAliases(keyType, issuers);
    }

    /** Shows the certificate also to a door that names other authorities. */
    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return now.chooseClientAlias(keyTypes, null, socket);
    }

    /** Shows the certificate also to a door that names other authorities. */
    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return now.chooseEngineClientAlias(keyTypes, null, engine);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return now.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return now.getPrivateKey(alias);
    }
}
