package io.espalier.relay.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.espalier.files.DurableFiles;
import io.espalier.relay.protocol.MasterMessage.Assign;
import io.espalier.relay.protocol.MessageCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unfinished transfers on disk, a JSON file each; a crash leaves the old file or the new one, never a half. */
final class AssignmentFiles {
    private static final Logger log = LoggerFactory.getLogger(AssignmentFiles.class);
    private static final String END = ".json";

    private final Path folder;
    private final MessageCodec codec = new MessageCodec();

    AssignmentFiles(Path folder) {
        this.folder = folder;
        DurableFiles.removeLeftovers(folder);
    }

    void save(Assign assign) throws IOException {
        DurableFiles.replace(
                path(assign.transfer().id()), codec.encodeRecord(assign).getBytes(UTF_8));
    }

    void delete(String transfer) {
        try {
            Files.deleteIfExists(path(transfer));
        } catch (IOException e) {
            log.warn("Tried to delete the finished transfer {} but the disk answered '{}'.", transfer, e.getMessage());
        }
    }

    /** What is unfinished; a file that cannot be read is left out with a warning, the master sends it again. */
    List<Assign> load() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(END))
                    .sorted((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                    .toList();
        }
        List<Assign> found = new ArrayList<>();
        for (Path file : files) {
            try {
                found.add(codec.decodeRecord(Files.readString(file, UTF_8), Assign.class));
            } catch (IOException | IllegalArgumentException e) {
                log.warn("The transfer in {} cannot be read and is left out: {}", file, e.getMessage());
                Files.deleteIfExists(file);
            }
        }
        return found;
    }

    /** Any id makes a file name that is valid everywhere. */
    private Path path(String transfer) {
        return folder.resolve(UUID.nameUUIDFromBytes(transfer.getBytes(UTF_8)) + END);
    }
}
