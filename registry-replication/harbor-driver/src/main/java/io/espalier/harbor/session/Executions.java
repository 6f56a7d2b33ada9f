package io.espalier.harbor.session;

import io.espalier.harbor.call.Calls;
import io.espalier.harbor.client.ApiClient;
import io.espalier.harbor.client.api.ReplicationApi;
import io.espalier.harbor.client.model.Execution;
import io.espalier.harbor.client.model.StartExecution;
import io.espalier.harbor.client.model.Task;
import io.espalier.harbor.error.HarborException;
import java.util.List;

/** A Harbor's executions of policies. */
public final class Executions {
    private static final String RUNNING = "InProgress";

    private final Calls calls;
    private final ReplicationApi api;

    Executions(Calls calls, ApiClient client) {
        this.calls = calls;
        this.api = new ReplicationApi(client);
    }

    public long start(long policy) throws HarborException {
        return calls.create(
                "start an execution of the policy " + policy,
                () -> api.startExecutionWithHttpInfo(new StartExecution().policyId(policy)));
    }

    public Execution get(long id) throws HarborException {
        return calls.read("read the execution " + id, () -> api.getExecution(id));
    }

    /** Those of a policy that run. */
    @SuppressWarnings("NullAway") // The generated call takes null for "any order".
    public List<Execution> running(long policy) throws HarborException {
        return Pages.all(
                calls,
                "list the executions of the policy " + policy,
                (page, size) -> api.listExecutions(policy, RUNNING, null, page, size));
    }

    /** Takes effect between two blobs. */
    public void stop(long id) throws HarborException {
        calls.change("stop the execution " + id, () -> api.stopExecution(id));
    }

    public List<Task> tasks(long id) throws HarborException {
        return Pages.all(calls, "list the tasks of the execution " + id, (page, size) -> api.listTasks(id, page, size));
    }

    /** The log of a task; empty if there is none. */
    public String log(long id, long task) throws HarborException {
        return calls.find("read the log of the task " + task, () -> api.getTaskLog(id, task))
                .orElse("");
    }

    /** Whether it will not change any more. */
    public static boolean isOver(Execution execution) {
        return !RUNNING.equals(execution.getStatus()) && !"Running".equals(execution.getStatus());
    }
}
