package io.espalier.harbor.run;

import io.espalier.harbor.client.model.Execution;
import io.espalier.harbor.client.model.ReplicationFilter;
import io.espalier.harbor.client.model.ReplicationPolicy;
import io.espalier.harbor.client.model.Task;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborEdge;
import io.espalier.harbor.run.RunProgress.Stage;
import io.espalier.harbor.session.Executions;
import io.espalier.harbor.session.HarborSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One execution of an edge's policy for one image. */
final class HopExecution {
    private final HarborSession parent;
    private final HarborEdge edge;
    private final String policyName;
    private final CarriedImage image;
    private final RunSettings settings;
    private final Consumer<RunProgress> progress;
    private final BooleanSupplier closed;

    HopExecution(
            HarborSession parent,
            HarborEdge edge,
            String policyName,
            CarriedImage image,
            RunSettings settings,
            Consumer<RunProgress> progress,
            BooleanSupplier closed) {
        this.parent = parent;
        this.edge = edge;
        this.policyName = policyName;
        this.image = image;
        this.settings = settings;
        this.progress = progress;
        this.closed = closed;
    }

    /**
     * Selects the image, starts, and follows to the end.
     *
     * @param filters held until the tasks exist: an execution reads its policy some time after it was started, and must find its own
     *     image there
     */
    void run(Lock filters) throws HarborException {
        long id;
        filters.lock();
        try {
            long policy = select();
            id = start(policy);
            awaitTasks(id);
        } finally {
            filters.unlock();
        }
        follow(id);
    }

    private long select() throws HarborException {
        ReplicationPolicy policy = parent.policies()
                .named(policyName)
                .orElseThrow(() -> new HarborException(
                        HarborTrouble.NOT_FOUND,
                        "The Harbor '" + parent.node().name() + "' has no policy " + policyName
                                + "; run tree:apply --harbor first."));
        long id = policy.getId();
        parent.policies().change(id, whole -> whole.setFilters(filters()));
        return id;
    }

    private List<ReplicationFilter> filters() {
        String tags = image.tags().size() == 1 ? image.tags().get(0) : "{" + String.join(",", image.tags()) + "}";
        List<ReplicationFilter> filters = new ArrayList<>();
        filters.add(new ReplicationFilter().type("name").value(image.repository()));
        filters.add(new ReplicationFilter().type("tag").value(tags));
        if (!image.labels().all().isEmpty()) {
            filters.add(new ReplicationFilter()
                    .type("label")
                    .value(image.labels().all())
                    .decoration("matches"));
        }
        // One for each: a list would exclude only what has all of them.
        image.labels()
                .none()
                .forEach(name -> filters.add(new ReplicationFilter()
                        .type("label")
                        .value(List.of(name))
                        .decoration("excludes")));
        return filters;
    }

    private long start(long policy) throws HarborException {
        try {
            return parent.executions().start(policy);
        } catch (HarborException e) {
            if (e.trouble() != HarborTrouble.IN_USE) {
                throw e;
            }
            throw new HarborException(
                    HarborTrouble.DISABLED,
                    "The policy " + policyName + " at the Harbor '"
                            + parent.node().name() + "' is disabled; run tree:apply --harbor, which enables it.",
                    e);
        }
    }

    /** Harbor first lists what to copy, which may take minutes before there is a task to see. */
    private void awaitTasks(long id) throws HarborException {
        long begin = System.nanoTime();
        while (true) {
            Execution execution = parent.executions().get(id);
            if (count(execution.getTotal()) > 0 || Executions.isOver(execution)) {
                return;
            }
            if (System.nanoTime() - begin > settings.prepare().toNanos()) {
                parent.executions().stop(id);
                throw new HarborException(
                        HarborTrouble.TIMEOUT,
                        "The execution " + id + " of the policy " + policyName + " at the Harbor '"
                                + parent.node().name() + "' had no task after "
                                + settings.prepare().toSeconds()
                                + " s and was stopped; see whether its jobservice is busy or stuck.");
            }
            tell(Stage.PREPARE, execution, "is prepared as execution " + id);
            pause(settings.poll());
        }
    }

    private void follow(long id) throws HarborException {
        long moved = System.nanoTime();
        long before = -1;
        while (true) {
            Execution execution = parent.executions().get(id);
            if (Executions.isOver(execution)) {
                end(execution);
                return;
            }
            long now = over(execution);
            if (now != before) {
                before = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > settings.still().toNanos()) {
                parent.executions().stop(id);
                throw new HarborException(
                        HarborTrouble.TIMEOUT,
                        "The execution " + id + " of the policy " + policyName + " at the Harbor '"
                                + parent.node().name() + "' stood still for "
                                + settings.still().toSeconds()
                                + " s and was told to stop, which it does between two blobs; see whether its jobservice is stuck.");
            }
            tell(Stage.COPY, execution, "is copied by execution " + id);
            pause(settings.poll());
        }
    }

    private void end(Execution execution) throws HarborException {
        long id = execution.getId();
        String status = String.valueOf(execution.getStatus());
        switch (status) {
            case "Succeed" -> {
                if (count(execution.getTotal()) == 0) {
                    throw new HarborException(
                            HarborTrouble.NOTHING_MATCHED,
                            "The execution " + id + " of the policy " + policyName + " at the Harbor '"
                                    + parent.node().name() + "' found nothing to copy for " + image
                                    + "; the tag was removed meanwhile, or somebody changed the policy's filters.");
                }
            }
            case "Stopped" ->
                throw new HarborException(
                        HarborTrouble.STOPPED,
                        "The execution " + id + " of the policy " + policyName + " at the Harbor '"
                                + parent.node().name() + "' was stopped by somebody; run it again when it may go on.");
            default -> throw failed(id, String.valueOf(execution.getStatusText()));
        }
    }

    private HarborException failed(long id, String statusText) throws HarborException {
        String log = statusText;
        for (Task task : parent.executions().tasks(id)) {
            if ("Failed".equals(task.getStatus())) {
                log = parent.executions().log(id, task.getId());
            }
        }
        FailureWords.Word word = FailureWords.read(log);
        return new HarborException(
                word.trouble(),
                "The execution " + id + " of the policy " + policyName + " at the Harbor '"
                        + parent.node().name() + "' failed to push " + image + " to '"
                        + edge.child().name() + "' ("
                        + FailureWords.lastWords(log) + "); " + word.advice() + ".");
    }

    private void tell(Stage stage, Execution execution, String text) {
        progress.accept(new RunProgress(edge, stage, over(execution), count(execution.getTotal()), text));
    }

    private static long over(Execution execution) {
        return count(execution.getSucceed()) + count(execution.getFailed()) + count(execution.getStopped());
    }

    private static long count(Long number) {
        return Objects.requireNonNullElse(number, 0L);
    }

    private void pause(Duration wait) throws HarborException {
        try {
            TimeUnit.MILLISECONDS.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted();
        }
        // The JDK's client (17) may swallow an interrupt while it reads a body.
        if (closed.getAsBoolean()) {
            throw interrupted();
        }
    }

    private HarborException interrupted() {
        return new HarborException(
                HarborTrouble.INTERRUPTED,
                "Following an execution at the Harbor '" + parent.node().name()
                        + "' was interrupted; the execution goes on there.");
    }
}
