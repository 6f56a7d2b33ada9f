package io.espalier.testkit.harbor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Executions of policies, their tasks and logs. */
final class ExecutionRoutes implements ApiRoutes {
    private final HarborState state;
    private final ReplicationJobs jobs;

    ExecutionRoutes(HarborState state, ReplicationJobs jobs) {
        this.state = state;
        this.jobs = jobs;
    }

    @Override
    public boolean serve(ApiCall call) throws IOException {
        if (call.is("GET", "replication", "executions")) {
            call.need("replication:list");
            list(call);
        } else if (call.is("POST", "replication", "executions")) {
            call.need("replication:create");
            ObjectNode policy = state.policies.get(call.body().path("policy_id").asLong());
            if (!policy.path("enabled").asBoolean()) {
                throw ApiFault.precondition("the policy " + policy.path("id").asLong() + " is disabled");
            }
            call.created(
                    "/replication/executions/" + jobs.start(policy.path("id").asLong(), "manual"));
        } else if (call.is("GET", "replication", "executions", "*")) {
            call.need("replication:read");
            call.answer(200, state.executions.get(call.id(2)));
        } else if (call.is("PUT", "replication", "executions", "*")) {
            call.need("replication:create");
            state.executions.get(call.id(2));
            jobs.stop(call.id(2));
            call.empty(200);
        } else if (call.is("GET", "replication", "executions", "*", "tasks")) {
            call.need("replication:list");
            long id = call.id(2);
            state.executions.get(id);
            call.page(state.tasks.where(row -> row.path("execution_id").asLong() == id));
        } else if (call.is("GET", "replication", "executions", "*", "tasks", "*", "log")) {
            call.need("replication:read");
            List<String> log =
                    Optional.ofNullable(state.logs.get(call.id(4))).orElseThrow(() -> ApiFault.notFound("log"));
            call.text(String.join("\n", log));
        } else {
            return false;
        }
        return true;
    }

    private void list(ApiCall call) throws IOException {
        Optional<String> policy = call.query("policy_id");
        Optional<String> status = call.query("status");
        List<ObjectNode> rows = new ArrayList<>(state.executions.where(row ->
                policy.map(id -> row.path("policy_id").asText().equals(id)).orElse(true)
                        && status.map(one -> row.path("status").asText().equals(one))
                                .orElse(true)));
        Collections.reverse(rows);
        call.page(rows);
    }
}
