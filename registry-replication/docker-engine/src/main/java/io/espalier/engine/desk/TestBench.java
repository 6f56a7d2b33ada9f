package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineAccess;
import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.ImageEngine;
import io.espalier.engine.check.SmokeResult;
import io.espalier.engine.check.SmokeResult.Outcome;
import io.espalier.engine.check.SmokeTest;
import io.espalier.engine.content.ContentReader;
import io.espalier.engine.content.Found;
import io.espalier.engine.content.Found.Foreign;
import io.espalier.engine.content.Found.Gone;
import io.espalier.engine.content.Found.NoImage;
import io.espalier.registry.client.RegistryClient;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.name.Digest;
import io.espalier.registry.name.RepositoryName;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One test from the registry to the result: load, run, clean up. Thread-safe. */
final class TestBench {
    private static final Logger LOG = LoggerFactory.getLogger(TestBench.class);

    private final EngineAccess access;
    private final Supplier<Optional<RegistryClient>> registry;
    private final Owner owner;
    private final Leftovers leftovers;
    private final ImageLoader loader;

    TestBench(EngineAccess access, Supplier<Optional<RegistryClient>> registry, Owner owner, String registryHost) {
        this.access = requireNonNull(access, "access is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.owner = requireNonNull(owner, "owner is null");
        this.leftovers = new Leftovers(owner);
        this.loader = new ImageLoader(owner, leftovers, registryHost);
    }

    /** Removes what earlier tests left behind; when there is no engine, that comes with the next test. */
    void sweep() {
        try (ImageEngine engine = access.open()) {
            leftovers.sweep(engine);
        } catch (EngineException e) {
            LOG.debug("Leftovers are not looked for: {}", e.sentence());
        }
    }

    /**
     * Carries an order out.
     *
     * @param id of the test, unique
     */
    SmokeResult run(String id, TestOrder order) throws InterruptedException {
        leftovers.begin(id);
        try (ImageEngine engine = access.open()) {
            leftovers.sweep(engine);
            RegistryClient source = registry.get().orElse(null);
            return source == null
                    ? SmokeResult.without(
                            Outcome.UNDECIDED, "The node's relay does not run, so there is no registry to load from.")
                    : run(engine, source, id, order);
        } catch (EngineException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException(e.sentence());
            }
            return SmokeResult.without(Outcome.UNDECIDED, e.sentence());
        } catch (RegistryException e) {
            return SmokeResult.without(
                    e.code() == ErrorCode.MANIFEST_INVALID || e.code() == ErrorCode.UNSUPPORTED_MANIFEST
                            ? Outcome.FAILED
                            : Outcome.UNDECIDED,
                    String.valueOf(e.getMessage()));
        } finally {
            leftovers.end(id);
        }
    }

    private SmokeResult run(ImageEngine engine, RegistryClient source, String id, TestOrder order)
            throws EngineException, RegistryException, InterruptedException {
        Found found = new ContentReader(source, engine.facts())
                .read(RepositoryName.of(order.repository()), Digest.of(order.digest()));
        if (found instanceof Foreign foreign) {
            return SmokeResult.without(Outcome.FAILED, foreign.sentence());
        }
        if (found instanceof Gone gone) {
            return SmokeResult.without(Outcome.GONE, gone.sentence());
        }
        if (found instanceof NoImage none) {
            return SmokeResult.without(Outcome.PASSED, none.sentence());
        }
        ImageLoader.Lease image = loader.acquire(engine, ((Found.Image) found).content(), source);
        try {
            SmokeResult result = order.run()
                    ? new SmokeTest(engine, order.rules()).run(image.reference(), labels(id, order))
                    : SmokeResult.without(Outcome.PASSED, "It is loaded.");
            if (order.keep() && result.outcome() == Outcome.PASSED) {
                image.keep(engine, order.tag());
            }
            return result;
        } finally {
            image.release(engine);
        }
    }

    private Map<String, String> labels(String id, TestOrder order) {
        return Map.of(Owner.LABEL, owner.id(), Owner.TEST_LABEL, id, Owner.IMAGE_LABEL, order.image());
    }
}
