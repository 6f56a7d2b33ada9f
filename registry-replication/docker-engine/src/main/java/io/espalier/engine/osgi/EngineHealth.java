package io.espalier.engine.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineException;
import io.espalier.engine.node.EngineNode;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Well also where there is no engine, unless something is to be done with one: then images wait, and it warns. */
@Component(
        service = HealthCheck.class,
        property = {"hc.name=Docker engine", "hc.tags=engine"})
public final class EngineHealth implements HealthCheck {
    private final EngineComponent engine;
    private final EngineNode node;

    @Activate
    public EngineHealth(@Reference EngineComponent engine) {
        this.engine = requireNonNull(engine, "engine is null");
        this.node = engine.node();
    }

    @Override
    public Result execute() {
        // A mistake hides nothing: the engine may be away besides.
        String mistake = engine.mistake().map(sentence -> " " + sentence).orElse("");
        Result.Status best = mistake.isEmpty() ? Result.Status.OK : Result.Status.WARN;
        if (!node.isInUse()) {
            return new Result(best, "Images are tested only on demand, with engine:test." + mistake);
        }
        try {
            return new Result(best, "Docker engine " + node.facts().version() + "." + mistake);
        } catch (EngineException e) {
            return new Result(Result.Status.WARN, e.sentence() + mistake);
        }
    }
}
