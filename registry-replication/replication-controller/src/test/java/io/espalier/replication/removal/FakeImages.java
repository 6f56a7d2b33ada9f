package io.espalier.replication.removal;

import io.espalier.replication.image.ImageClosure;
import io.espalier.replication.image.ImageException;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.image.ImageSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is replicated and what the registry has, as a test says. */
final class FakeImages implements ReplicatedImages, ImageSource {
    private final Map<ImageName, Known> replicated = new LinkedHashMap<>();
    private final Map<ImageName, String> registry = new LinkedHashMap<>();
    private Runnable atRetirement = () -> {};
    private Runnable afterNote = () -> {};
    private long generation = 1;
    private boolean away;
    private long outdone;

    synchronized void push(String image, String digest) {
        ImageName name = ImageName.parse(image);
        replicated.put(name, new Known(name, digest, generation++));
        registry.put(name, digest);
        registry.put(new ImageName(name.repository(), digest), digest);
    }

    /** Lets generations of what is pushed from now on be above those of all removals. */
    synchronized void later() {
        generation += 1_000_000;
    }

    synchronized void delete(String image) {
        registry.remove(ImageName.parse(image));
    }

    synchronized void away(boolean now) {
        away = now;
    }

    /** What somebody else does just before an image is retired. */
    synchronized void atRetirement(Runnable act) {
        atRetirement = act;
    }

    /** What somebody else does when the removal is stored, and the image is still known. */
    synchronized void afterNote(Runnable act) {
        afterNote = act;
    }

    @Override
    public synchronized List<Known> known() {
        return List.copyOf(replicated.values());
    }

    @Override
    public synchronized Optional<Known> find(ImageName name) {
        return Optional.ofNullable(replicated.get(name));
    }

    /** Its own manifest and nothing else. */
    @Override
    public Belongings belongings(ImageName name) {
        return new Belongings(find(name).map(Known::digest).stream().toList(), List.of());
    }

    @Override
    public Retired retire(Known image, Note note) throws ImageException {
        atRetirement.run();
        if (!isGone(image.name())) {
            return Retired.BACK;
        }
        if (find(image.name()).isEmpty() || note.store().isEmpty()) {
            return Retired.UNKNOWN;
        }
        afterNote.run();
        synchronized (this) {
            replicated.remove(image.name());
        }
        return Retired.DONE;
    }

    @Override
    public synchronized void outdo(long removal) {
        outdone = removal;
    }

    /** The generation of a removal that new images were told to outdo last. */
    synchronized long outdone() {
        return outdone;
    }

    @Override
    public synchronized Optional<String> digest(ImageName name) throws ImageException {
        if (away) {
            throw new ImageException(ImageException.Code.UNREADABLE, "The registry of the test is away.", null);
        }
        return Optional.ofNullable(registry.get(name));
    }

    @Override
    public boolean isGone(ImageName name) throws ImageException {
        return digest(name).isEmpty();
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
