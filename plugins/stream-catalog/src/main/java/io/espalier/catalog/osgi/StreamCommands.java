package io.espalier.catalog.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.catalog.definition.DraftReader;
import io.espalier.catalog.service.CatalogException;
import io.espalier.catalog.service.StreamCatalog;
import io.espalier.catalog.shell.CommandWords;
import io.espalier.catalog.shell.StreamText;
import io.espalier.stream.catalog.StreamDefinition;
import io.espalier.stream.id.StreamId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code stream:} commands; each returns what the shell prints and fails with a sentence. */
@Component(
        service = StreamCommands.class,
        property = {
            "osgi.command.scope=stream",
            "osgi.command.function=create",
            "osgi.command.function=list",
            "osgi.command.function=show",
            "osgi.command.function=update",
            "osgi.command.function=delete"
        })
public final class StreamCommands {
    private static final String OPTIONS = " [--partitions N] [--priority 1-9] [--delivery realtime|offline]"
            + " [--format text|json] [--terminals A,B] [--max-record-bytes N] [--description TEXT]";
    private static final String CREATE = "stream:create ID" + OPTIONS;
    private static final String UPDATE = "stream:update ID [--version N]" + OPTIONS;
    private static final String SHOW = "stream:show ID";
    private static final String DELETE = "stream:delete ID [--delete-topic]";

    private final StreamCatalog catalog;

    @Activate
    public StreamCommands(@Reference CatalogComponent component) {
        this.catalog = requireNonNull(component, "component is null").catalog();
    }

    /** {@code stream:create ads.web.click --partitions 4}. */
    public String create(String... words) throws CatalogException {
        CommandWords read = CommandWords.read(CREATE, Arrays.asList(words));
        Map<String, Object> fields = new HashMap<>(read.fields());
        fields.put("id", read.onlyWord(CREATE));
        StreamDefinition created = catalog.create(DraftReader.read(fields));
        return "Created stream " + created.id() + " with " + created.partitions() + " partitions.";
    }

    /** {@code stream:list}. */
    public String list() {
        return StreamText.table(catalog.directory().list());
    }

    /** {@code stream:show ads.web.click}. */
    public String show(String... words) throws CatalogException {
        CommandWords read = CommandWords.read(SHOW, Arrays.asList(words));
        return StreamText.details(catalog.get(StreamId.parse(read.onlyWord(SHOW))));
    }

    /** {@code stream:update ads.web.click --priority 9}; without a version it changes the current one. */
    public String update(String... words) throws CatalogException {
        CommandWords read = CommandWords.read(UPDATE, Arrays.asList(words));
        StreamId id = StreamId.parse(read.onlyWord(UPDATE));
        Map<String, Object> fields = new HashMap<>(read.fields());
        fields.putIfAbsent("version", catalog.get(id).version());
        if (fields.size() == 1) {
            throw new IllegalArgumentException("The command names nothing to change; write " + UPDATE + ".");
        }
        StreamDefinition updated = catalog.update(id, DraftReader.read(fields));
        return "Updated stream " + id + " to version " + updated.version() + ".";
    }

    /** {@code stream:delete ads.web.click [--delete-topic]}; the topic and its records stay unless asked for. */
    public String delete(String... words) throws CatalogException {
        List<String> rest = Arrays.stream(words)
                .filter(word -> !word.equals("--delete-topic"))
                .toList();
        boolean withTopic = rest.size() < words.length;
        if (rest.size() != 1 || rest.get(0).startsWith("--")) {
            throw new IllegalArgumentException("The command takes one stream id; write " + DELETE + ".");
        }
        StreamId id = StreamId.parse(rest.get(0));
        catalog.delete(id, OptionalLong.empty(), withTopic);
        return "Deleted stream " + id + (withTopic ? " with its topic." : "; its topic stays.");
    }
}
