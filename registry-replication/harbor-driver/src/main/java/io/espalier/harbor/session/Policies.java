package io.espalier.harbor.session;

import io.espalier.harbor.call.Calls;
import io.espalier.harbor.client.ApiClient;
import io.espalier.harbor.client.api.ReplicationApi;
import io.espalier.harbor.client.model.RegistryRef;
import io.espalier.harbor.client.model.ReplicationPolicy;
import io.espalier.harbor.error.HarborException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A Harbor's replication policies. */
public final class Policies {
    private final Calls calls;
    private final ReplicationApi api;

    Policies(Calls calls, ApiClient client) {
        this.calls = calls;
        this.api = new ReplicationApi(client);
    }

    /** Those whose names contain this. */
    public List<ReplicationPolicy> like(String part) throws HarborException {
        return Pages.all(
                calls, "list the replication policies", (page, size) -> api.listPolicies("name=~" + part, page, size));
    }

    /** That with exactly this name. */
    public Optional<ReplicationPolicy> named(String name) throws HarborException {
        return like(name).stream().filter(one -> name.equals(one.getName())).findFirst();
    }

    public long create(ReplicationPolicy policy) throws HarborException {
        return calls.create("create the policy " + policy.getName(), () -> api.createPolicyWithHttpInfo(policy));
    }

    /** Reads it, changes that, and writes the whole, since whatever is left out would be lost. */
    public void change(long id, Consumer<ReplicationPolicy> change) throws HarborException {
        ReplicationPolicy whole = calls.read("read the policy " + id, () -> api.getPolicy(id));
        change.accept(whole);
        write(id, whole);
    }

    private void write(long id, ReplicationPolicy whole) throws HarborException {
        // Both sides come with names, addresses and asterisks for secrets; an id is all that counts.
        whole.setSrcRegistry(side(whole.getSrcRegistry()));
        whole.setDestRegistry(side(whole.getDestRegistry()));
        calls.change("change the policy " + whole.getName(), () -> api.updatePolicy(id, whole));
    }

    @SuppressWarnings("NullAway") // The generated setter takes null for "left out".
    private static RegistryRef side(RegistryRef read) {
        return read == null || read.getId() == null || read.getId() == 0 ? null : new RegistryRef().id(read.getId());
    }

    public ReplicationPolicy get(long id) throws HarborException {
        return calls.read("read the policy " + id, () -> api.getPolicy(id));
    }

    public void delete(long id) throws HarborException {
        calls.change("delete the policy " + id, () -> api.deletePolicy(id));
    }
}
