package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.member.Member;
import io.espalier.replication.member.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks nodes what their registries have of an image. Thread-safe. */
final class Verifier {
    /** @param digest that the master's registry has */
    private record Question(NodeId node, ImageName image, String digest, CompletableFuture<Verdict> answer) {}

    /** What a node found when it was asked; who asked waits until it is {@link #settle settled}. */
    record Finding(ImageName image, String asked, Verdict verdict, CompletableFuture<Verdict> answer) {
        void settle() {
            answer.complete(verdict);
        }
    }

    private final Members members;
    private final Map<String, Question> open = new ConcurrentHashMap<>();

    Verifier(Members members) {
        this.members = requireNonNull(members, "members is null");
    }

    /** @param digest that the master's registry has */
    List<Verdict> verify(ImageName image, String digest, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        List<String> asked = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        for (Member member : members.all()) {
            String request = UUID.randomUUID().toString();
            Question question = new Question(member.id(), image, digest, new CompletableFuture<>());
            open.put(request, question);
            asked.add(request);
            questions.add(question);
            if (!members.send(member.id(), new MasterMessage.Check(request, image.repository(), image.reference()))) {
                question.answer()
                        .complete(Verdict.unknown(member.id(), "The node is not connected; nothing is known."));
            }
        }
        try {
            return questions.stream()
                    .map(question -> await(question, end, limit))
                    .toList();
        } finally {
            asked.forEach(open::remove);
        }
    }

    private static Verdict await(Question question, long end, Duration limit) {
        String problem = "The node did not answer within " + limit.toSeconds() + " s.";
        try {
            return question.answer().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "Waiting for the node was interrupted.";
        } catch (ExecutionException | TimeoutException e) {
            // The sentence above says it.
        }
        return Verdict.unknown(question.node(), problem);
    }

    /** Empty when nobody waits for it any more. */
    Optional<Finding> answered(NodeId node, String request, ImageCheck check) {
        return Optional.ofNullable(open.get(request))
                .filter(question -> question.node().equals(node))
                .map(question ->
                        new Finding(question.image(), question.digest(), verdict(question, check), question.answer()));
    }

    private static Verdict verdict(Question question, ImageCheck check) {
        String problem = check.problem();
        if (check.unknown()) {
            return Verdict.unknown(question.node(), problem);
        }
        if (check.digest().isEmpty() && problem.isEmpty()) {
            problem = "Its registry has no such tag.";
        } else if (problem.isEmpty() && !check.digest().equals(question.digest())) {
            problem = "Its registry has another digest than the master's, " + question.digest() + ".";
        } else if (problem.isEmpty() && !check.complete()) {
            problem = "Its registry does not give every blob.";
        }
        return new Verdict(question.node(), check.digest(), problem.isEmpty(), problem);
    }

    /** A node went away and will not answer. */
    void gone(NodeId node) {
        for (Question question : open.values()) {
            if (question.node().equals(node)) {
                question.answer().complete(Verdict.unknown(node, "The node went away before it answered."));
            }
        }
    }
}
