package io.espalier.collector.rig;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A collector in a process of its own, so that it can be killed: arguments gateway, data folder, source. */
public final class CollectorProgram {
    private CollectorProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        try (CollectorRig rig = CollectorRig.on(URI.create(arguments[0]), Path.of(arguments[1]), arguments[2])
                .start()) {
            System.out.println("started " + rig.collector().name());
            new CountDownLatch(1).await();
        }
    }
}
