package io.espalier.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.espalier.engine.check.EngineException;
import io.espalier.engine.check.EngineException.Code;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an engine says when it does not do something. */
final class EngineWords {
    private static final Pattern MESSAGE = Pattern.compile("\\{\"message\":\"(.*)\"}", Pattern.DOTALL);

    private EngineWords() {}

    static EngineException refusal(String what, DockerException e) {
        String words = words(e);
        return new EngineException(
                isOfTheImage(e.getHttpStatus(), words) ? Code.REFUSED : Code.FAILED,
                "Tried to " + what + " but the Docker engine answered: " + words + ".",
                e);
    }

    /**
     * A bad request is the image's or the configuration's fault. So is what runc says about the program to start, which comes with 500;
     * unless it is about control groups, which belong to the machine.
     */
    private static boolean isOfTheImage(int status, String words) {
        boolean start = words.contains("OCI runtime create failed") || words.contains("runc create failed");
        return (status == 400 || start) && !words.contains("cgroup");
    }

    /** The engine's words without their wrapping in JSON. */
    static String words(DockerException e) {
        String text = String.valueOf(e.getMessage()).strip();
        Matcher message = MESSAGE.matcher(text);
        String words = message.find()
                ? message.group(1).replace("\\\"", "\"").replace("\\n", " ").replace("\\\\", "\\")
                : text;
        return words.strip().replaceAll("\\.$", "");
    }
}
