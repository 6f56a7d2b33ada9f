package io.espalier.relay.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ActAnswer;
import io.espalier.relay.protocol.ControlAction;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell's {@code control:ask}, on every node; the other commands of this scope are the master's. */
@Component(
        service = ControlCommands.class,
        property = {"osgi.command.scope=control", "osgi.command.function=ask"})
public final class ControlCommands {
    private static final String ASK = "control:ask ACTION [NODE] [REPOSITORY:TAG]";

    private final RelayComponent relay;

    /** Requests of this kernel's relay. */
    @Activate
    public ControlCommands(@Reference RelayComponent relay) {
        this.relay = requireNonNull(relay, "relay is null");
    }

    /** {@code control:ask images lyon}: asks the master and, if it is granted, shows the permission to the target. */
    public String ask(String... words) {
        requireNonNull(words, "words is null");
        Asked asked = Asked.of(List.of(words));
        ActAnswer answer = relay.request(asked.action(), asked.target(), asked.subject());
        if (!answer.done()) {
            throw new IllegalStateException(answer.text());
        }
        return answer.text();
    }

    /** What the words mean; a word with {@code /} or {@code :} is an image, since no node's name has them. */
    record Asked(String action, String target, String subject) {
        static Asked of(List<String> words) {
            if (words.isEmpty() || words.size() > 3) {
                throw new IllegalArgumentException("The command takes one to three words; write " + ASK
                        + " with an ACTION of " + String.join(", ", ControlAction.words()) + ".");
            }
            String action = words.get(0);
            if (ControlAction.find(action).isEmpty()) {
                throw new IllegalArgumentException("There is no action '" + shown(action) + "'; use one of "
                        + String.join(", ", ControlAction.words()) + ".");
            }
            if (words.size() == 2 && isImage(words.get(1))) {
                return new Asked(action, "", words.get(1));
            }
            return new Asked(action, words.size() > 1 ? words.get(1) : "", words.size() > 2 ? words.get(2) : "");
        }

        private static boolean isImage(String word) {
            return word.indexOf('/') >= 0 || word.indexOf(':') >= 0;
        }

        private static String shown(String text) {
            String plain = text.replaceAll("\\p{Cntrl}", "?");
            return plain.length() <= 60 ? plain : plain.substring(0, 60) + "...";
        }
    }
}
