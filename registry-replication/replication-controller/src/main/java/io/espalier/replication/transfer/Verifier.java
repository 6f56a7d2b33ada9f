package io.espalier.replication.transfer;

import static java.util.Objects.requireNonNull;

import io.espalier.relay.protocol.ImageCheck;
import io.espalier.relay.protocol.MasterMessage;
import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.protocol.NodeMessage;
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
import java.util.function.Consumer;

/** Asks nodes what their registries have of an image. Thread-safe. */
final class Verifier {
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What a node is asked, and what it has said up to now. */
    private static final class Question {
        private final NodeId node;
        private final ImageName image;
        private final String digest;
        private final boolean deep;
        private final CompletableFuture<Verdict> answer = new CompletableFuture<>();
        private volatile long heard = System.nanoTime();
        private volatile CheckProgress progress;

        /** @param digest that the master's registry has */
        Question(NodeId node, ImageName image, String digest, boolean deep) {
            this.node = node;
            this.image = image;
            this.digest = digest;
            this.deep = deep;
            this.progress = new CheckProgress(node, 0, 0);
        }

        boolean isSilent(Duration limit) {
            return System.nanoTime() - heard >= limit.toNanos();
        }
    }

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
        return ask(image, digest, new DeepVerification(0, limit, ignored -> {}), false);
    }

    /**
     * The same with every byte.
     *
     * @param digest that the master's registry has
     */
    List<Verdict> verifyDeep(ImageName image, String digest, DeepVerification how) {
        return ask(image, digest, how, true);
    }

    private List<Verdict> ask(ImageName image, String digest, DeepVerification how, boolean deep) {
        List<String> asked = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        try {
            for (Member member : members.all()) {
                String request = UUID.randomUUID().toString();
                Question question = new Question(member.id(), image, digest, deep);
                open.put(request, question);
                asked.add(request);
                questions.add(question);
                MasterMessage check = new MasterMessage.Check(
                        request, image.repository(), image.reference(), deep, how.bytesPerSecond());
                if (!members.send(member.id(), check)) {
                    question.answer.complete(
                            Verdict.unknown(member.id(), "The node is not connected; nothing is known."));
                }
            }
            await(questions, how);
            return questions.stream().map(question -> question.answer.join()).toList();
        } finally {
            asked.forEach(open::remove);
        }
    }

    /** Returns when every question has its answer. */
    private static void await(List<Question> questions, DeepVerification how) {
        List<Question> waiting = new ArrayList<>(questions);
        try {
            for (waiting.removeIf(question -> question.answer.isDone()); !waiting.isEmpty(); ) {
                for (Question question : waiting) {
                    if (question.isSilent(how.silence())) {
                        giveUp(
                                question,
                                "The node did not answer within "
                                        + how.silence().toSeconds()
                                        + " s; it may be busy with others, ask again later.");
                    }
                }
                rest(waiting.get(0), how.silence());
                waiting.removeIf(question -> question.answer.isDone());
                tell(waiting, how.progress());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            waiting.forEach(question -> giveUp(question, "Waiting for the node was interrupted."));
        }
    }

    private static void giveUp(Question question, String why) {
        question.answer.complete(Verdict.unknown(question.node, why));
    }

    private static void rest(Question question, Duration silence) throws InterruptedException {
        long left = question.heard + silence.toNanos() - System.nanoTime();
        try {
            question.answer.get(Math.max(0, Math.min(LOOK_NANOS, left)), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Others may have answered meanwhile; the caller looks.
        }
    }

    private static void tell(List<Question> waiting, Consumer<List<CheckProgress>> progress) {
        if (!waiting.isEmpty()) {
            progress.accept(waiting.stream().map(question -> question.progress).toList());
        }
    }

    /** A node that reads an image back goes on. */
    void heard(NodeId node, NodeMessage.Checking checking) {
        Question question = open.get(checking.request());
        if (question != null && question.node.equals(node)) {
            question.heard = System.nanoTime();
            question.progress = new CheckProgress(node, checking.hashed(), checking.bytes());
        }
    }

    /** Empty when nobody waits for it any more. */
    Optional<Finding> answered(NodeId node, String request, ImageCheck check) {
        return Optional.ofNullable(open.get(request))
                .filter(question -> question.node.equals(node))
                .map(question -> finding(question, check));
    }

    /** What follows from an answer for which nobody waits any more, as of a deep check that took too long: only that much is lost. */
    Optional<Finding> late(NodeId node, ImageCheck check) {
        if (check.complete() || check.unknown() || check.digest().isEmpty()) {
            return Optional.empty();
        }
        return ImageName.find(check.repository(), check.tag())
                .map(image -> finding(new Question(node, image, check.digest(), false), check));
    }

    private static Finding finding(Question question, ImageCheck check) {
        return new Finding(question.image, question.digest, verdict(question, check), question.answer);
    }

    private static Verdict verdict(Question question, ImageCheck check) {
        String problem = check.problem();
        if (check.unknown()) {
            return Verdict.unknown(question.node, problem);
        }
        if (check.digest().isEmpty() && problem.isEmpty()) {
            problem = "Its registry has no such tag.";
        } else if (problem.isEmpty() && !check.digest().equals(question.digest)) {
            problem = "Its registry has another digest than the master's, " + question.digest + ".";
        } else if (problem.isEmpty() && !check.complete()) {
            problem = "Its registry does not give every blob.";
        } else if (problem.isEmpty() && question.deep && check.hashed() == 0) {
            return Verdict.unknown(
                    question.node,
                    "The node is of an older release and looked at the last byte of each blob only; update it.");
        }
        return new Verdict(question.node, check.digest(), problem.isEmpty(), problem);
    }

    /** A node went away and will not answer. */
    void gone(NodeId node) {
        for (Question question : open.values()) {
            if (question.node.equals(node)) {
                giveUp(question, "The node went away before it answered.");
            }
        }
    }
}
