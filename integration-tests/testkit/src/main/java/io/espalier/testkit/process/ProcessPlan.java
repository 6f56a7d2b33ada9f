package io.espalier.testkit.process;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param command the program and its arguments
 * @param folder its working folder
 * @param environment variables in addition to those of this JVM
 */
public record ProcessPlan(List<String> command, Path folder, Map<String, String> environment) {
    public ProcessPlan {
        command = List.copyOf(requireNonNull(command, "command is null"));
        requireNonNull(folder, "folder is null");
        environment = Map.copyOf(requireNonNull(environment, "environment is null"));
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command is empty; name at least the program");
        }
    }

    /** A program in this JVM's working folder. */
    public static ProcessPlan command(String... command) {
        return command(List.of(command));
    }

    /** A program in this JVM's working folder. */
    public static ProcessPlan command(List<String> command) {
        return new ProcessPlan(command, Path.of("").toAbsolutePath(), Map.of());
    }

    /** A Java program with this JVM's JDK and class path. */
    public static ProcessPlan java(Class<?> main, List<String> jvmFlags, List<String> arguments) {
        return java(System.getProperty("java.class.path"), main.getName(), jvmFlags, arguments);
    }

    /** A Java program with this JVM's JDK. */
    public static ProcessPlan java(String classPath, String main, List<String> jvmFlags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return command(command);
    }

    /** The same in this working folder. */
    public ProcessPlan in(Path newFolder) {
        return new ProcessPlan(command, newFolder, environment);
    }

    /** The same with one more variable of the environment. */
    public ProcessPlan with(String variable, String value) {
        Map<String, String> more = new LinkedHashMap<>(environment);
        more.put(variable, value);
        return new ProcessPlan(command, folder, more);
    }

    /** Starts it, see {@link ChildProcess}. */
    public ChildProcess start() {
        return ChildProcess.start(this);
    }
}
