package io.espalier.collector.json;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.collector.checkpoint.Checkpoint;
import io.espalier.collector.checkpoint.CheckpointStore;
import io.espalier.collector.checkpoint.SourceState;
import io.espalier.collector.file.FileIdentity;
import io.espalier.collector.file.Fingerprint;
import io.espalier.files.DurableFiles;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps each stream's checkpoint in {@code <folder>/<stream id>.json}. */
public final class JsonCheckpointStore implements CheckpointStore {
    private static final Logger log = LoggerFactory.getLogger(JsonCheckpointStore.class);
    private static final String SUFFIX = ".json";
    private static final int FORMAT = 1;

    private final Path folder;
    private final ObjectMapper json = new ObjectMapper();

    /** The folder is created when the first checkpoint is saved. */
    public JsonCheckpointStore(Path folder) {
        this.folder = requireNonNull(folder, "folder is null");
        DurableFiles.removeLeftovers(folder);
    }

    @Override
    public List<StreamId> streams() {
        List<StreamId> streams = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return streams;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .forEach(name -> streamOf(name).ifPresent(streams::add));
        } catch (IOException e) {
            log.warn(
                    "Tried to list the checkpoints in {} but: {}. They are read when their files are found.",
                    folder,
                    e.toString());
        }
        return streams;
    }

    private static Optional<StreamId> streamOf(String name) {
        try {
            return Optional.of(StreamId.parse(name));
        } catch (IllegalArgumentException e) {
            // Some other file that a person put there.
            return Optional.empty();
        }
    }

    @Override
    public Optional<Checkpoint> load(StreamId stream) throws IOException {
        Path file = fileOf(stream);
        if (Files.isRegularFile(folder)) {
            // Something else has the folder's name; saving will say so.
            return Optional.empty();
        }
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(json.readTree(content)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            setAside(stream, file, firstLine(e));
            return Optional.empty();
        }
    }

    private static void setAside(StreamId stream, Path file, String reason) throws IOException {
        Path aside = file.resolveSibling(file.getFileName() + ".corrupt-" + System.currentTimeMillis());
        Files.move(file, aside);
        log.warn(
                "Tried to read the checkpoint of stream {} but {} is damaged: {}. It was moved to {}; the stream starts as"
                        + " configured (start-at), under a new epoch.",
                stream,
                file,
                reason,
                aside.getFileName());
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    @Override
    public void save(StreamId stream, Checkpoint checkpoint) throws IOException {
        DurableFiles.replace(fileOf(stream), json.writeValueAsBytes(write(checkpoint)));
    }

    private Path fileOf(StreamId stream) {
        return folder.resolve(stream + SUFFIX);
    }

    private ObjectNode write(Checkpoint checkpoint) {
        ObjectNode node = json.createObjectNode();
        node.put("format", FORMAT);
        node.put("epoch", checkpoint.epoch());
        node.put("next-number", checkpoint.nextNumber());
        node.put("saved-at", checkpoint.savedAtMillis());
        ArrayNode sources = node.putArray("sources");
        for (SourceState state : checkpoint.sources()) {
            sources.addObject()
                    .put("number", state.number())
                    .put("path", state.path().toString())
                    .put("file", state.identity().key())
                    .put("prefix-length", state.fingerprint().length())
                    .put("prefix-sha256", state.fingerprint().sha256())
                    .put("offset", state.offset())
                    .put("seq", state.seq())
                    .put("finished", state.finished());
        }
        return node;
    }

    private static Checkpoint read(JsonNode node) {
        long format = number(node, "format");
        if (format != FORMAT) {
            throw new IllegalArgumentException("its format is " + format + " and only " + FORMAT + " is known");
        }
        List<SourceState> states = new ArrayList<>();
        for (JsonNode source : field(node, "sources")) {
            states.add(new SourceState(
                    number(source, "number"),
                    Path.of(text(source, "path")),
                    new FileIdentity(text(source, "file")),
                    new Fingerprint(Math.toIntExact(number(source, "prefix-length")), text(source, "prefix-sha256")),
                    number(source, "offset"),
                    number(source, "seq"),
                    field(source, "finished").asBoolean()));
        }
        return new Checkpoint(number(node, "epoch"), number(node, "next-number"), number(node, "saved-at"), states);
    }

    private static JsonNode field(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new IllegalArgumentException("field " + name + " is missing");
        }
        return value;
    }

    private static long number(JsonNode node, String name) {
        JsonNode value = field(node, name);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() > Long.MAX_VALUE / 2) {
            throw new IllegalArgumentException("field " + name + " is no whole number");
        }
        return value.asLong();
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = field(node, name);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("field " + name + " is no text");
        }
        return value.asText();
    }
}
