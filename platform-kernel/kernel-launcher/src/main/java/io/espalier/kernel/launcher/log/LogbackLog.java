package io.espalier.kernel.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import io.espalier.kernel.log.LogControl;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Logback set up in code, which spares its XML parser at each start: all levels from INFO to {@code espalier.log} (10 MB a
 * file, 20 files or 200 MB at the most), and to the console from a level of its own.
 */
public final class LogbackLog implements LogControl {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%plugin] %logger{36} - %msg%n";
    private static final Set<String> LEVELS = Set.of("OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

    private final LoggerContext context;
    private final Path file;

    private LogbackLog(LoggerContext context, Path file) {
        this.context = context;
        this.file = file;
    }

    /**
     * Sets the context up anew.
     *
     * @param folder where the log file goes; exists
     * @param consoleLevel from which level events go to the console too; OFF for none
     */
    public static LogbackLog start(LoggerContext context, Path folder, Level consoleLevel) {
        context.reset();
        LogbackLog log = new LogbackLog(context, folder.resolve("espalier.log"));
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(log.fileAppender(folder));
        root.addAppender(log.consoleAppender(consoleLevel));
        return log;
    }

    /**
     * Sets the levels that a properties file names, as {@code logger=LEVEL}; a line that is wrong is logged and left out.
     *
     * @param levels may be missing
     */
    public void readLevels(Path levels) {
        Properties wanted = new Properties();
        try (Reader reader = Files.newBufferedReader(levels)) {
            wanted.load(reader);
        } catch (NoSuchFileException none) {
            return;
        } catch (IOException | IllegalArgumentException e) {
            complain("Tried to read the log levels of " + levels + " but " + e + "; all levels stay as they are.");
        }
        for (String logger : wanted.stringPropertyNames()) {
            try {
                setLevel(logger, wanted.getProperty(logger));
            } catch (IllegalArgumentException e) {
                complain(e.getMessage() + " The line of " + levels + " is left out.");
            }
        }
    }

    private void complain(String sentence) {
        context.getLogger(LogbackLog.class).warn(sentence);
    }

    private Appender<ILoggingEvent> fileAppender(Path folder) {
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
        policy.setContext(context);
        policy.setParent(appender);
        policy.setFileNamePattern(
                folder.resolve("espalier-%d{yyyy-MM-dd}.%i.log").toString());
        policy.setMaxFileSize(FileSize.valueOf("10MB"));
        policy.setMaxHistory(20);
        policy.setTotalSizeCap(FileSize.valueOf("200MB"));
        policy.start();
        appender.setRollingPolicy(policy);
        return start("file", appender);
    }

    private Appender<ILoggingEvent> consoleAppender(Level level) {
        OutputStreamAppender<ILoggingEvent> appender = new StandardOutputAppender();
        appender.setContext(context);
        ThresholdFilter filter = new ThresholdFilter();
        filter.setLevel(level.toString());
        filter.start();
        appender.addFilter(filter);
        return start("console", appender);
    }

    private Appender<ILoggingEvent> start(String name, OutputStreamAppender<ILoggingEvent> appender) {
        PatternLayout layout = new PatternLayout();
        layout.getInstanceConverterMap().put("plugin", PluginNameConverter::new);
        layout.setContext(context);
        layout.setPattern(PATTERN);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        appender.setContext(context);
        appender.setName(name);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** Writes to what is standard output now: the shell puts another in its place for the time of each command. */
    private static final class StandardOutputAppender extends OutputStreamAppender<ILoggingEvent> {
        private final PrintStream output = System.out;

        @Override
        public void start() {
            setOutputStream(new OutputStream() {
                @Override
                public void write(int b) {
                    output.write(b);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    output.write(bytes, offset, length);
                }

                @Override
                public void flush() {
                    output.flush();
                }
            });
            super.start();
        }
    }

    @Override
    public List<String> tail(int lines) {
        if (lines < 1 || lines > 10_000) {
            throw new IllegalArgumentException("Tried to show " + lines + " lines of the log; ask for 1 to 10000.");
        }
        try {
            return Files.exists(file) ? LastLines.of(file, lines) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to read the log file " + file + " but the system refused.", e);
        }
    }

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), logger.getLevel().toString());
            }
        }
        return levels;
    }

    @Override
    public void setLevel(String logger, String level) {
        String name = level.toUpperCase(Locale.ROOT);
        if (!LEVELS.contains(name)) {
            throw new IllegalArgumentException("Tried to set logger '" + logger + "' to level '" + level
                    + "'; use OFF, ERROR, WARN, INFO, DEBUG or TRACE.");
        }
        context.getLogger(logger).setLevel(Level.toLevel(name));
    }

    @Override
    public void namePluginsBy(UnaryOperator<String> namer) {
        context.putObject(PluginNameConverter.NAMER, new PluginNameConverter.Namer(namer));
    }
}
