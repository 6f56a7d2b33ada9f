package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.EngineException.Code;
import io.espalier.engine.check.ImageEngine;
import io.espalier.engine.check.RegistryLogin;
import io.espalier.engine.check.TaggedImage;
import io.espalier.engine.content.ImageContent;
import io.espalier.engine.content.ImageTar;
import io.espalier.registry.client.RegistryClient;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings images into the engine and takes them out again. The engine pulls from the node's registry; when it cannot, it is given the
 * image as a tar. What was in the engine before stays there. Tests of one image share it. Thread-safe.
 */
final class ImageLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ImageLoader.class);
    private static final int NAME_HEX = 24;

    private final Owner owner;
    private final Leftovers leftovers;
    private final String registryHost;
    private final Map<String, Lease> leases = new ConcurrentHashMap<>();

    /** @param registryHost under which the engine reaches the registry; empty for the relay's address */
    ImageLoader(Owner owner, Leftovers leftovers, String registryHost) {
        this.owner = requireNonNull(owner, "owner is null");
        this.leftovers = requireNonNull(leftovers, "leftovers is null");
        this.registryHost = requireNonNull(registryHost, "registryHost is null");
    }

    /** An image in the engine, by all tests that use it at once. */
    final class Lease {
        private final ReentrantLock lock = new ReentrantLock();
        private final ImageContent content;
        private final String host;
        private int users;
        private String reference = "";
        private boolean loaded;

        private Lease(ImageContent content, String host) {
            this.content = content;
            this.host = host;
        }

        /** A name of it that the engine knows. */
        String reference() {
            return reference;
        }

        /** Gives it its name in the registry, so that it stays. */
        void keep(ImageEngine engine, String tag) throws EngineException {
            engine.tag(reference, host + "/" + content.repository(), tag);
        }

        /** Ends this use; the last one removes an image that was loaded for tests only. */
        void release(ImageEngine engine) {
            lock.lock();
            try {
                if (--users == 0) {
                    leases.remove(content.digest().toString(), this);
                    if (loaded) {
                        unload(engine);
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        private void unload(ImageEngine engine) {
            boolean interrupted = Thread.interrupted();
            leftovers.release(reference);
            try {
                Optional<TaggedImage> image = engine.image(reference);
                if (image.isPresent()) {
                    Leftovers.remove(engine, image.get(), reference);
                }
            } catch (EngineException e) {
                LOG.warn("Image {} stays in the engine for now and is removed later: {}", reference, e.sentence());
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /** Has the image in the engine until {@link Lease#release}. */
    Lease acquire(ImageEngine engine, ImageContent content, RegistryClient registry) throws EngineException {
        String key = content.digest().toString();
        while (true) {
            Lease lease = leases.computeIfAbsent(key, absent -> new Lease(content, host(registry)));
            lease.lock.lock();
            try {
                if (leases.get(key) != lease) {
                    continue; // its last user has just removed it
                }
                if (lease.reference.isEmpty()) {
                    load(engine, lease, registry);
                }
                lease.users++;
                return lease;
            } finally {
                if (lease.users == 0) {
                    leases.remove(key, lease);
                }
                lease.lock.unlock();
            }
        }
    }

    private void load(ImageEngine engine, Lease lease, RegistryClient registry) throws EngineException {
        ImageContent content = lease.content;
        String repository = lease.host + "/" + content.repository();
        String pulled = repository + "@" + content.digest();
        for (String known : new String[] {pulled, content.configDigest().toString()}) {
            if (engine.image(known).isPresent()) {
                lease.reference = known;
                return;
            }
        }
        String tag = content.digest().hex().substring(0, NAME_HEX);
        String name = owner.repository() + ":" + tag;
        leftovers.hold(name);
        try {
            try {
                engine.pull(repository, content.digest().toString(), login(registry, lease.host));
                engine.tag(pulled, owner.repository(), tag);
            } catch (EngineException e) {
                if (e.code() == Code.AWAY) {
                    throw e;
                }
                loadTar(engine, content, registry, name, e);
            }
            lease.reference = name;
            lease.loaded = true;
        } finally {
            if (!lease.loaded) {
                leftovers.release(name);
            }
        }
    }

    private static void loadTar(
            ImageEngine engine, ImageContent content, RegistryClient registry, String name, EngineException pull)
            throws EngineException {
        LOG.info(
                "Image {} of {} is given to the engine as a tar: {}",
                content.digest(),
                content.repository(),
                pull.sentence());
        try (ImageTar tar = ImageTar.of(content, registry, name)) {
            engine.load(tar);
        } catch (IOException e) {
            throw new EngineException(
                    Code.FAILED, pull.sentence() + " As a tar it cannot be given either: " + e.getMessage(), e);
        }
        if (engine.image(name).isEmpty()) {
            throw new EngineException(
                    Code.FAILED, pull.sentence() + " As a tar the engine took it but does not show it.", pull);
        }
    }

    private String host(RegistryClient registry) {
        return registryHost.isEmpty() ? registry.endpoint().uri().getRawAuthority() : registryHost;
    }

    private static Optional<RegistryLogin> login(RegistryClient registry, String host) {
        return registry.endpoint().credentials().map(known -> new RegistryLogin(host, known.user(), known.secret()));
    }
}
