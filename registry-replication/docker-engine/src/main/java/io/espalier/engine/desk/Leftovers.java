package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.ImageEngine;
import io.espalier.engine.check.TaggedImage;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What earlier tests left in the engine, as when this process was killed or the engine was away. Thread-safe. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final Owner owner;
    private final Set<String> tests = ConcurrentHashMap.newKeySet();
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    Leftovers(Owner owner) {
        this.owner = requireNonNull(owner, "owner is null");
    }

    void begin(String test) {
        tests.add(test);
    }

    void end(String test) {
        tests.remove(test);
    }

    /** An image is in use under this name. */
    void hold(String name) {
        names.add(name);
    }

    void release(String name) {
        names.remove(name);
    }

    /** Removes this node's containers and images that no running test uses. */
    void sweep(ImageEngine engine) throws EngineException {
        for (Map.Entry<String, Map<String, String>> each :
                engine.containers(Owner.LABEL, owner.id()).entrySet()) {
            if (!tests.contains(each.getValue().getOrDefault(Owner.TEST_LABEL, ""))) {
                engine.remove(each.getKey());
                LOG.info(
                        "A container that an earlier test of {} left behind is removed.",
                        each.getValue().getOrDefault(Owner.IMAGE_LABEL, "an image"));
            }
        }
        for (TaggedImage image : engine.imagesOf(owner.repository())) {
            for (String name : image.tags()) {
                if (name.startsWith(owner.repository() + ":") && !names.contains(name)) {
                    remove(engine, image, name);
                }
            }
        }
    }

    /** Takes this node's name from an image, and all others under which it was pulled for the test, unless somebody named it since. */
    static void remove(ImageEngine engine, TaggedImage image, String name) throws EngineException {
        boolean oursAlone = image.tags().stream().allMatch(name::equals);
        if (oursAlone) {
            for (String digest : image.digests()) {
                engine.removeImage(digest);
            }
        }
        engine.removeImage(name);
    }
}
