package io.espalier.harbor.session;

import io.espalier.harbor.call.Calls;
import io.espalier.harbor.client.ApiClient;
import io.espalier.harbor.client.api.RegistryApi;
import io.espalier.harbor.client.model.Registry;
import io.espalier.harbor.client.model.RegistryPing;
import io.espalier.harbor.client.model.RegistryUpdate;
import io.espalier.harbor.error.HarborException;
import java.util.List;

/** The registries that a Harbor knows. Secrets come as asterisks, so what is read must never be written back whole. */
public final class RegistryEntries {
    private final Calls calls;
    private final RegistryApi api;

    RegistryEntries(Calls calls, ApiClient client) {
        this.calls = calls;
        this.api = new RegistryApi(client);
    }

    /** Those whose names contain this. */
    public List<Registry> like(String part) throws HarborException {
        return Pages.all(calls, "list the registries", (page, size) -> api.listRegistries("name=~" + part, page, size));
    }

    /** Its id; Harbor connects to it before it takes it. */
    public long create(Registry registry) throws HarborException {
        return calls.create(
                "create the registry " + registry.getName(), () -> api.createRegistryWithHttpInfo(registry));
    }

    /** Fields that are not set stay as they are. */
    public void update(long id, RegistryUpdate update) throws HarborException {
        calls.change("change the registry " + id, () -> api.updateRegistry(id, update));
    }

    public void delete(long id) throws HarborException {
        calls.change("delete the registry " + id, () -> api.deleteRegistry(id));
    }

    /** Has the Harbor connect to it. */
    public void ping(long id) throws HarborException {
        calls.change("have the registry " + id + " checked", () -> api.pingRegistry(new RegistryPing().id(id)));
    }

    /** Whether it takes blobs in chunks. */
    public boolean copiesByChunk(long id) throws HarborException {
        return Boolean.TRUE.equals(calls.find("read what the registry " + id + " can do", () -> api.getRegistryInfo(id))
                .map(info -> Boolean.TRUE.equals(info.getSupportedCopyByChunk()))
                .orElse(false));
    }
}
