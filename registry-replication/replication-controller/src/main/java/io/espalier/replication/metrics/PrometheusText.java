package io.espalier.replication.metrics;

/** Figures of the controller in Prometheus' text format (exposition format 0.0.4), as they are added. For one thread. */
public final class PrometheusText {
    private static final String PREFIX = "espalier_replication_";
    /** Below it every whole number is exact as a double. */
    private static final double WHOLE = 1e15;

    private final StringBuilder text = new StringBuilder();

    /**
     * Begins a figure.
     *
     * @param name without the prefix that all have
     * @param type gauge or counter
     */
    public void head(String name, String type, String help) {
        text.append("# HELP ").append(PREFIX).append(name).append(' ').append(help);
        text.append("\n# TYPE ").append(PREFIX).append(name).append(' ').append(type);
        text.append('\n');
    }

    /** @param labels made by {@link #label}, with commas between; empty for none */
    public void value(String name, String labels, Number value) {
        text.append(PREFIX).append(name);
        if (!labels.isEmpty()) {
            text.append('{').append(labels).append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    /** A figure that has one value only. */
    public void single(String name, String type, String help, Number value) {
        head(name, type, help);
        value(name, "", value);
    }

    public static String label(String name, String value) {
        return name + "=\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static String number(Number value) {
        if (!(value instanceof Double)) {
            return value.toString();
        }
        double number = value.doubleValue();
        if (number == Math.rint(number) && Math.abs(number) < WHOLE) {
            return Long.toString((long) number);
        }
        return Double.isInfinite(number) ? "+Inf" : Double.toString(number);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
