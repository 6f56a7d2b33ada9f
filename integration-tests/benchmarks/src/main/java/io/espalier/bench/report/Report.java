package io.espalier.bench.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a benchmark measured: figures with goals, samples, and the flags it ran with. */
public final class Report {
    private final List<Figure> figures = new ArrayList<>();
    private final Map<String, Object> details = new LinkedHashMap<>();

    /** A figure that should be at most its goal. */
    public Report atMost(String name, double value, double goal) {
        figures.add(new Figure(name, value, goal, true));
        return this;
    }

    /** A figure that should be at least its goal. */
    public Report atLeast(String name, double value, double goal) {
        figures.add(new Figure(name, value, goal, false));
        return this;
    }

    /** Anything worth keeping beside the figures: flags, samples of both sides. */
    public Report detail(String name, Object value) {
        details.put(name, value);
        return this;
    }

    /** Samples with their median and spread. */
    public Report samples(String name, Samples samples) {
        return detail(name, samples.summary());
    }

    public String verdict(String benchmark) {
        StringBuilder line = new StringBuilder(benchmark);
        line.append(" verdict=").append(meets() ? "meets" : "short");
        for (Figure figure : figures) {
            line.append(' ')
                    .append(figure.name())
                    .append('=')
                    .append(number(figure.value()))
                    .append('/')
                    .append(number(figure.goal()));
        }
        return line.toString();
    }

    private boolean meets() {
        return figures.stream().allMatch(Figure::meets);
    }

    public void writeTo(Path file, String benchmark) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", benchmark);
        json.put("verdict", meets() ? "meets" : "short");
        json.put("figures", figures);
        json.put(
                "machine",
                Map.of(
                        "cores",
                        Runtime.getRuntime().availableProcessors(),
                        "java",
                        System.getProperty("java.runtime.version"),
                        "os",
                        System.getProperty("os.name") + " " + System.getProperty("os.version")));
        json.putAll(details);
        Files.createDirectories(file.getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    /** A measured value and its goal, which is a limit from above or else from below. */
    private record Figure(String name, double value, double goal, boolean atMost) {
        boolean meets() {
            return atMost ? value <= goal : value >= goal;
        }
    }
}
