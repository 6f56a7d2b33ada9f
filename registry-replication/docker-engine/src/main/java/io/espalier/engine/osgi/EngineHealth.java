package io.espalier.engine.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.EngineException;
import io.espalier.engine.node.EngineNode;
import java.util.Optional;
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
        Optional<String> mistake = engine.mistake();
        if (mistake.isPresent()) {
            return new Result(Result.Status.WARN, mistake.get());
        }
        if (!node.isInUse()) {
            return new Result(Result.Status.OK, "Images are tested only on demand, with engine:test.");
        }
        try {
            return new Result(Result.Status.OK, "Docker engine " + node.facts().version() + ".");
        } catch (EngineException e) {
            return new Result(Result.Status.WARN, e.sentence());
        }
    }
}
