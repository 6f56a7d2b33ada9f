package io.espalier.catalog.shell;

import io.espalier.stream.catalog.StreamDefinition;
import java.util.List;
import java.util.Locale;

/** Definitions as an operator reads them. */
public final class StreamText {
    private static final int LISTED = 1_000;

    private StreamText() {}

    /** One line for each stream. */
    public static String table(List<StreamDefinition> streams) {
        if (streams.isEmpty()) {
            return "There are no streams; make one with stream:create department.project.business.";
        }
        int width = Math.max(
                6,
                streams.stream().mapToInt(s -> s.id().toString().length()).max().orElse(0));
        StringBuilder text = new StringBuilder();
        row(text, width, "STREAM", "VERSION", "PARTITIONS", "PRIORITY", "DELIVERY", "FORMAT", "TERMINALS");
        for (StreamDefinition stream : streams.subList(0, Math.min(LISTED, streams.size()))) {
            text.append('\n');
            row(
                    text,
                    width,
                    stream.id(),
                    stream.version(),
                    stream.partitions(),
                    stream.priority(),
                    delivery(stream),
                    stream.format(),
                    String.join(",", stream.terminals()));
        }
        if (streams.size() > LISTED) {
            text.append("\n... and ").append(streams.size() - LISTED).append(" more; read them by REST, page by page.");
        }
        return text.toString();
    }

    /** One line for each field. */
    public static String details(StreamDefinition stream) {
        return String.format(
                Locale.ROOT,
                "stream            %s%nversion           %d%ntopic             %s%npartitions        %d%n"
                        + "priority          %d%ndelivery          %s%nformat            %s%nterminals         %s%n"
                        + "max record bytes  %d%ndescription       %s",
                stream.id(),
                stream.version(),
                stream.topic(),
                stream.partitions(),
                stream.priority(),
                delivery(stream),
                stream.format(),
                String.join(",", stream.terminals()),
                stream.maxRecordBytes(),
                stream.description());
    }

    private static void row(StringBuilder text, int width, Object... cells) {
        text.append(String.format(Locale.ROOT, "%-" + width + "s  %7s  %10s  %8s  %-8s  %-6s  %s", cells));
    }

    private static String delivery(StreamDefinition stream) {
        return stream.delivery().name().toLowerCase(Locale.ROOT);
    }
}
