package io.espalier.engine.check;

import io.espalier.engine.check.EngineException.Code;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An engine whose one container goes through the states that a test names; the last one stays. */
public final class FakeEngine implements ImageEngine {
    private final Deque<ContainerState> states = new ArrayDeque<>();
    private final List<String> calls = new ArrayList<>();
    private byte[] logs = new byte[0];
    private @Nullable EngineException onCreate;
    private @Nullable EngineException onStart;
    private boolean awayOnLook;

    FakeEngine going(ContainerState... through) {
        states.addAll(List.of(through));
        return this;
    }

    FakeEngine printing(byte[] output) {
        logs = output.clone();
        return this;
    }

    FakeEngine failingToStart(Code code, String sentence) {
        onStart = new EngineException(code, sentence, null);
        return this;
    }

    FakeEngine failingToCreate(Code code, String sentence) {
        onCreate = new EngineException(code, sentence, null);
        return this;
    }

    FakeEngine awayOnLook() {
        awayOnLook = true;
        return this;
    }

    List<String> calls() {
        return calls;
    }

    @Override
    public EngineFacts facts() {
        return new EngineFacts("1", "linux", "amd64");
    }

    @Override
    public Optional<TaggedImage> image(String reference) {
        return Optional.empty();
    }

    @Override
    public List<TaggedImage> imagesOf(String repository) {
        return List.of();
    }

    @Override
    public void pull(String repository, String digest, Optional<RegistryLogin> login) {}

    @Override
    public void load(InputStream tar) {}

    @Override
    public void tag(String image, String repository, String tag) {}

    @Override
    public void removeImage(String reference) {}

    @Override
    public String create(ContainerPlan plan) throws EngineException {
        if (onCreate != null) {
            throw onCreate;
        }
        calls.add("create " + plan.image() + " " + plan.command());
        return "c1";
    }

    @Override
    public void start(String container) throws EngineException {
        if (onStart != null) {
            throw onStart;
        }
        calls.add("start");
    }

    @Override
    public ContainerState state(String container) throws EngineException {
        if (awayOnLook) {
            throw new EngineException(Code.AWAY, "It is away.", null);
        }
        return states.size() > 1 ? states.remove() : states.element();
    }

    @Override
    public byte[] logs(String container, int mostBytes) {
        return logs.clone();
    }

    @Override
    public void remove(String container) {
        calls.add("remove " + container);
    }

    @Override
    public Map<String, Map<String, String>> containers(String label, String value) {
        return Map.of();
    }

    @Override
    public void close() {}
}
