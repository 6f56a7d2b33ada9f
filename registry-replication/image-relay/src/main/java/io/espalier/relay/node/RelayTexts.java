package io.espalier.relay.node;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A node's settings as an operator wrote them, one for each key of {@code image.relay}; empty where he wrote nothing.
 *
 * @param registryInsecureHttp hosts whose registry may be reached without TLS, besides this machine
 */
public record RelayTexts(
        String name,
        String host,
        String bind,
        int port,
        String master,
        String joinToken,
        String site,
        String registryUrl,
        String registryUser,
        String registryPassword,
        String registryCaFile,
        List<String> registryInsecureHttp,
        long spoolBytes,
        long uplinkBytesPerSecond,
        int maxChildren,
        boolean insecurePlainHttp,
        StoreTexts store) {
    public RelayTexts {
        requireNonNull(name, "name is null");
        requireNonNull(host, "host is null");
        requireNonNull(bind, "bind is null");
        requireNonNull(master, "master is null");
        requireNonNull(joinToken, "joinToken is null");
        requireNonNull(site, "site is null");
        requireNonNull(registryUrl, "registryUrl is null");
        requireNonNull(registryUser, "registryUser is null");
        requireNonNull(registryPassword, "registryPassword is null");
        requireNonNull(registryCaFile, "registryCaFile is null");
        requireNonNull(store, "store is null");
        registryInsecureHttp = List.copyOf(registryInsecureHttp);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "RelayTexts[name=" + name + ", host=" + host + ", master=" + master + ", registryUrl=" + registryUrl
                + "]";
    }
}
