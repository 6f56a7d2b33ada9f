package io.espalier.bench.sites;

import io.espalier.testkit.registry.ImagePusher;
import io.espalier.testkit.registry.SampleBlob;
import io.espalier.testkit.registry.SampleImage;
import io.espalier.testkit.registry.SampleImages;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;

/**
 * Pushes an image of random layers to a registry: {@code URI REPOSITORY TAG SEED SIZE...}. Prints {@code digest DIGEST BYTES} when
 * the blobs are there, waits for a line, and prints {@code put EPOCH-MILLIS} right before it puts the manifest.
 */
public final class PushMain {
    private PushMain() {}

    public static void main(String[] args) throws IOException {
        long[] sizes = Arrays.stream(args).skip(4).mapToLong(Long::parseLong).toArray();
        SampleImage image = SampleImages.oci(Long.parseLong(args[3]), sizes);
        ImagePusher pusher = ImagePusher.to(URI.create(args[0]));
        for (SampleBlob blob : image.blobs()) {
            pusher.pushBlob(blob, args[1]);
        }
        System.out.println("digest " + image.digest() + " " + image.totalBytes());
        int go = System.in.read();
        System.out.println("put " + System.currentTimeMillis() + " " + go);
        pusher.pushManifest(image, args[1], args[2]);
        System.out.println("done");
    }
}
