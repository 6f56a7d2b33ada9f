package io.espalier.registry.client;

import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import java.net.URI;

/** The addresses of a registry. All parts were checked when they were made, so nothing needs escaping. */
final class Paths {
    private final String base;

    Paths(URI registry) {
        String text = registry.toString();
        this.base = (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/v2/";
    }

    URI root() {
        return URI.create(base);
    }

    URI catalog() {
        return URI.create(base + "_catalog?n=1000");
    }

    URI tags(RepositoryName repository) {
        return of(repository, "tags/list?n=1000");
    }

    URI manifest(RepositoryName repository, ManifestReference reference) {
        return of(repository, "manifests/" + reference);
    }

    URI blob(RepositoryName repository, Digest digest) {
        return of(repository, "blobs/" + digest);
    }

    URI uploads(RepositoryName repository) {
        return of(repository, "blobs/uploads/");
    }

    URI mount(RepositoryName repository, Digest digest, RepositoryName from) {
        return of(repository, "blobs/uploads/?mount=" + digest + "&from=" + from);
    }

    URI referrers(RepositoryName repository, Digest subject) {
        return of(repository, "referrers/" + subject);
    }

    /** Names the digest to an upload; the address is opaque and may have a query already. */
    static URI finishing(URI upload, Digest digest) {
        String text = upload.toString();
        return URI.create(text + (text.indexOf('?') >= 0 ? "&" : "?") + "digest=" + digest);
    }

    private URI of(RepositoryName repository, String rest) {
        return URI.create(base + repository + "/" + rest);
    }
}
