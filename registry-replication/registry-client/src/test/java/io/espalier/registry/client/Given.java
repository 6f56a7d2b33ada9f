package io.espalier.registry.client;

import io.espalier.registry.content.Manifest;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.endpoint.RetryPolicy;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import java.net.URI;
import java.time.Duration;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of the client share. */
final class Given {
    static final RepositoryName APP = RepositoryName.of("team/app");
    /** Patient enough for a registry that restarts. */
    static final RetryPolicy QUICK =
            new RetryPolicy(8, Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(20));

    private Given() {}

    static RegistryEndpoint endpoint(URI uri) {
        return RegistryEndpoint.allowingPlainHttp(uri).retrying(QUICK);
    }

    static RegistryClient client(URI uri) throws RegistryException {
        return RegistryClient.of(endpoint(uri));
    }

    static BlobSource source(SampleBlob blob) {
        return BlobSource.of(blob.bytes());
    }

    static void put(RegistryClient client, RepositoryName repository, SampleBlob blob) throws RegistryException {
        client.putBlob(repository, Digest.of(blob.digest()), blob.size(), source(blob));
    }

    static BlobPresence presence(RegistryClient client, SampleBlob blob) throws RegistryException {
        return client.blob(APP, Digest.of(blob.digest()), blob.size());
    }

    static Manifest manifest(SampleImage image) {
        return Manifest.of(image.mediaType(), image.manifest());
    }

    /** Pushes all by the client under test, the tag last. */
    static void push(RegistryClient client, SampleImage image, String tag) throws RegistryException {
        for (SampleBlob blob : image.blobs()) {
            put(client, APP, blob);
        }
        for (SampleImage part : image.withChildren()) {
            client.putManifest(APP, Digest.of(part.digest()), manifest(part));
        }
        client.putManifest(APP, ManifestReference.of(tag), manifest(image));
    }

    static RegistryException failure(ErrorCode code, ThrowingCallable call) {
        RegistryException failure = Assertions.catchThrowableOfType(RegistryException.class, call);
        Assertions.assertThat(failure).as("expected " + code).isNotNull();
        Assertions.assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        return failure;
    }
}
