package io.espalier.kernel.launcher.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.function.UnaryOperator;

/** Writes the name of the plug-in that logs; runs on the logging thread, whose stack tells which plug-in it is. */
public final class PluginNameConverter extends ClassicConverter {
    static final String NAMER = "espalier.plugin-namer";
    private static final String KERNEL = "kernel";

    @Override
    public String convert(ILoggingEvent event) {
        return getContext().getObject(NAMER) instanceof Namer namer
                ? namer.function().apply(KERNEL)
                : KERNEL;
    }

    record Namer(UnaryOperator<String> function) {}
}
