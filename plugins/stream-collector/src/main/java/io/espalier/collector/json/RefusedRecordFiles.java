package io.espalier.collector.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.collector.send.RefusedRecords;
import io.espalier.files.DurableFiles;
import io.espalier.stream.id.StreamId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;

/**
 * Keeps refused records in {@code <folder>/<stream id>.jsonl}, one JSON object a line, the payload in Base64. When a file has
 * reached its bound it is renamed to {@code .jsonl.1}, in place of an older one.
 */
public final class RefusedRecordFiles implements RefusedRecords {
    /** The bound of one file in bytes. */
    public static final long DEFAULT_BOUND = 64L << 20;

    private final Path folder;
    private final long bound;
    private final ObjectMapper json = new ObjectMapper();

    /** The folder is created when the first record is kept. */
    public RefusedRecordFiles(Path folder, long bound) {
        this.folder = requireNonNull(folder, "folder is null");
        this.bound = bound;
    }

    @Override
    public void keep(StreamId stream, Refusal refusal) throws IOException {
        Path file = folder.resolve(stream + ".jsonl");
        if (Files.exists(file) && Files.size(file) >= bound) {
            Files.move(file, folder.resolve(stream + ".jsonl.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        DurableFiles.append(file, (line(refusal) + "\n").getBytes(UTF_8));
    }

    private String line(Refusal refusal) throws IOException {
        return json.writeValueAsString(json.createObjectNode()
                .put("agent", refusal.position().agent())
                .put("epoch", refusal.position().epoch())
                .put("seq", refusal.position().seq())
                .put("ts", refusal.timestampMillis())
                .put("file", refusal.file().toString())
                .put("code", refusal.code())
                .put("message", refusal.sentence())
                .put("payload-base64", Base64.getEncoder().encodeToString(refusal.payload())));
    }
}
