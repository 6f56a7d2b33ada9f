package io.espalier.kafka.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The command line of {@link BrokerMain}.
 *
 * @param settings the node to start
 * @param untilStdinCloses whether the end of standard input means that the parent is gone
 */
record BrokerArguments(BrokerSettings settings, boolean untilStdinCloses) {
    static final String USAGE = "Usage: --data FOLDER [--port N] [--node N --controller-port N] [--set NAME=VALUE]..."
            + " [--until-stdin-closes]";

    /** @throws IllegalArgumentException with a sentence and the usage */
    static BrokerArguments parse(List<String> arguments) {
        BrokerSettings settings = BrokerSettings.inFolder(Path.of(""));
        boolean untilStdinCloses = false;
        int node = 1;
        int controllerPort = 0;
        Iterator<String> left = arguments.iterator();
        while (left.hasNext()) {
            String name = left.next();
            switch (name) {
                case "--data" -> settings = inFolder(settings, Path.of(value(name, left)));
                case "--port" -> settings = settings.withPort(number(name, left));
                case "--node" -> node = number(name, left);
                case "--controller-port" -> controllerPort = number(name, left);
                case "--set" -> {
                    Map.Entry<String, String> property = property(value(name, left));
                    settings = settings.withProperty(property.getKey(), property.getValue());
                }
                case "--until-stdin-closes" -> untilStdinCloses = true;
                default -> throw wrong("The argument " + name + " is unknown.");
            }
        }
        if (settings.dataFolder().toString().isEmpty()) {
            throw wrong("The argument --data is missing.");
        }
        return new BrokerArguments(settings.asNode(node, controllerPort), untilStdinCloses);
    }

    /** The command line that {@link #parse} turns into this again. */
    List<String> toCommandLine() {
        List<String> line = new ArrayList<>(List.of(
                "--data", settings.dataFolder().toString(),
                "--port", Integer.toString(settings.port()),
                "--node", Integer.toString(settings.nodeId()),
                "--controller-port", Integer.toString(settings.controllerPort())));
        settings.properties().forEach((name, value) -> line.addAll(List.of("--set", name + "=" + value)));
        if (untilStdinCloses) {
            line.add("--until-stdin-closes");
        }
        return List.copyOf(line);
    }

    private static BrokerSettings inFolder(BrokerSettings settings, Path folder) {
        return new BrokerSettings(
                folder, settings.nodeId(), settings.port(), settings.controllerPort(), settings.properties());
    }

    private static String value(String name, Iterator<String> left) {
        if (!left.hasNext()) {
            throw wrong("The argument " + name + " lacks its value.");
        }
        return left.next();
    }

    private static int number(String name, Iterator<String> left) {
        String value = value(name, left);
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong("The argument " + name + " has the value " + value + ", which is no number.");
        }
    }

    private static Map.Entry<String, String> property(String text) {
        int at = text.indexOf('=');
        if (at < 1) {
            throw wrong("The argument --set has the value " + text + ", which is not NAME=VALUE.");
        }
        return Map.entry(text.substring(0, at), text.substring(at + 1));
    }

    private static IllegalArgumentException wrong(String problem) {
        return new IllegalArgumentException(problem + " " + USAGE);
    }
}
