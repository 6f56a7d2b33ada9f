package io.espalier.replication.removal;

import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What is replicated and what the registry has, as a test says. */
final class FakeImages implements ReplicatedImages, ImageSource {
    private final Map<ImageName, String> replicated = new LinkedHashMap<>();
    private final Map<ImageName, String> registry = new LinkedHashMap<>();
    private boolean away;

    void push(String image, String digest) {
        replicated.put(ImageName.parse(image), digest);
        registry.put(ImageName.parse(image), digest);
    }

    void delete(String image) {
        registry.remove(ImageName.parse(image));
    }

    void away(boolean now) {
        away = now;
    }

    @Override
    public List<Known> known() {
        return replicated.entrySet().stream()
                .map(entry -> new Known(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public Optional<Known> find(ImageName name) {
        return Optional.ofNullable(replicated.get(name)).map(digest -> new Known(name, digest));
    }

    @Override
    public Belongings belongings(ImageName name) {
        return new Belongings(List.of(), List.of());
    }

    @Override
    public Retired retire(Known image, BooleanSupplier note) throws ImageException {
        if (digest(image.name()).isPresent()) {
            return Retired.BACK;
        }
        if (!replicated.containsKey(image.name()) || !note.getAsBoolean()) {
            return Retired.UNKNOWN;
        }
        replicated.remove(image.name());
        return Retired.DONE;
    }

    @Override
    public Optional<String> digest(ImageName name) throws ImageException {
        if (away) {
            throw new ImageException(ImageException.Code.UNREADABLE, "The registry of the test is away.", null);
        }
        return Optional.ofNullable(registry.get(name));
    }

    @Override
    public ImageClosure resolve(ImageName name) {
        throw new UnsupportedOperationException("A removal reads no image.");
    }

    @Override
    public Optional<String> subject(ImageName manifest) {
        return Optional.empty();
    }
}
