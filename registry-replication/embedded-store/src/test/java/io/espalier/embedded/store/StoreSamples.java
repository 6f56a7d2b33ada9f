package io.espalier.embedded.store;

import io.espalier.embedded.client.StoreClient;
import io.espalier.registry.client.BlobSource;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.content.Manifest;
import io.espalier.registry.endpoint.RegistryEndpoint;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.ManifestReference;
import io.espalier.registry.name.RepositoryName;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests of the store share. */
public final class StoreSamples {
    public static final RepositoryName APP = RepositoryName.of("team/app");
    public static final RepositoryName OTHER = RepositoryName.of("team/app/other");
    static final long PLENTY = 1L << 30;

    private StoreSamples() {}

    static RegistryClient client(OciLayoutStore store) {
        return new StoreClient(store, RegistryEndpoint.allowingPlainHttp(URI.create("http://127.0.0.1:5000")));
    }

    public static Digest digest(SampleBlob blob) {
        return Digest.of(blob.digest());
    }

    public static Digest digest(SampleImage image) {
        return Digest.of(image.digest());
    }

    public static Manifest manifest(SampleImage image) {
        return Manifest.of(image.mediaType(), image.manifest());
    }

    public static void put(RegistryClient client, RepositoryName repository, SampleBlob blob) throws RegistryException {
        client.putBlob(repository, digest(blob), blob.size(), BlobSource.of(blob.bytes()));
    }

    /** All but the tag. */
    public static void put(RegistryClient client, RepositoryName repository, SampleImage image)
            throws RegistryException {
        for (SampleBlob blob : image.blobs()) {
            put(client, repository, blob);
        }
        for (SampleImage part : image.withChildren()) {
            client.putManifest(repository, digest(part), manifest(part));
        }
    }

    /** All, the tag last. */
    public static void put(RegistryClient client, RepositoryName repository, SampleImage image, String tag)
            throws RegistryException {
        put(client, repository, image);
        client.putManifest(repository, ManifestReference.of(tag), manifest(image));
    }

    static RegistryException failure(ErrorCode code, ThrowingCallable call) {
        RegistryException failure = Assertions.catchThrowableOfType(RegistryException.class, call);
        Assertions.assertThat(failure).as("expected " + code).isNotNull();
        Assertions.assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        return failure;
    }

    /** Changes a byte in the middle, as somebody with access to the disk could. */
    public static void spoil(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a blob or manifest is on disk. */
    public static Path file(Path store, Digest digest) {
        return store.resolve("blobs").resolve(digest.algorithm().label()).resolve(digest.hex());
    }
}
