package io.espalier.harbor.session;

import static java.util.Objects.requireNonNull;

import io.espalier.harbor.call.Calls;
import io.espalier.harbor.call.HarborWire;
import io.espalier.harbor.call.Patience;
import io.espalier.harbor.client.api.ReplicationApi;
import io.espalier.harbor.client.api.SystemApi;
import io.espalier.harbor.client.model.SystemInfo;
import io.espalier.harbor.error.HarborException;
import io.espalier.harbor.error.HarborTrouble;
import io.espalier.harbor.node.HarborNode;
import java.util.concurrent.TimeUnit;

/** What can be asked of one Harbor. Calls block; from any number of threads. */
public final class HarborSession implements AutoCloseable {
    private final HarborNode node;
    private final HarborWire wire;
    private final Calls calls;
    private final Patience patience;
    private final SystemApi system;
    private final RegistryEntries registries;
    private final Policies policies;
    private final Executions executions;
    private final Content content;

    private HarborSession(HarborNode node, Patience patience) throws HarborException {
        this.node = requireNonNull(node, "node is null");
        this.patience = requireNonNull(patience, "patience is null");
        this.wire = HarborWire.to(node);
        this.calls = new Calls(node, patience);
        this.system = new SystemApi(wire.client());
        this.registries = new RegistryEntries(calls, wire.client());
        this.policies = new Policies(calls, wire.client());
        this.executions = new Executions(calls, wire.client());
        this.content = new Content(calls, wire.client());
    }

    /** Connects at the first call. */
    public static HarborSession open(HarborNode node) throws HarborException {
        return new HarborSession(node, Patience.DEFAULT);
    }

    /** The same with other waits. */
    public static HarborSession open(HarborNode node, Patience patience) throws HarborException {
        return new HarborSession(node, patience);
    }

    public HarborNode node() {
        return node;
    }

    /**
     * Asks who it is, and whether we are logged in: with wrong credentials Harbor answers many calls as to a stranger, with success,
     * but tells its version only to its users.
     */
    public HarborFacts facts() throws HarborException {
        long begin = System.nanoTime();
        SystemInfo info = calls.read("ask what it is", system::getSystemInfo);
        double millis = (System.nanoTime() - begin) / 1e6;
        if (info.getHarborVersion() == null) {
            // Somebody else's failed login locks the name for a moment.
            pause();
            info = calls.read("ask what it is", system::getSystemInfo);
        }
        String text = info.getHarborVersion();
        if (text == null) {
            throw new HarborException(
                    HarborTrouble.CREDENTIALS,
                    "Tried to log in at the Harbor '" + node.name() + "' (" + node.url() + ") as '"
                            + node.login().user()
                            + "' but it answers as to a stranger; check user and secret, and whether the robot has expired.");
        }
        HarborVersion version = HarborVersion.read(text)
                .filter(one -> one.compareTo(HarborVersion.OLDEST) >= 0)
                .orElseThrow(
                        () -> new HarborException(
                                HarborTrouble.VERSION,
                                "The Harbor '" + node.name() + "' has version '" + text + "', but "
                                        + HarborVersion.OLDEST
                                        + " or later is needed; upgrade it, or run a relay beside it as for a plain registry."));
        boolean admins = "adminonly".equals(info.getProjectCreationRestriction());
        return new HarborFacts(version, Boolean.TRUE.equals(info.getReadOnly()), admins, millis);
    }

    private void pause() throws HarborException {
        try {
            TimeUnit.MILLISECONDS.sleep(patience.lock().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarborException(
                    HarborTrouble.INTERRUPTED, "The login at the Harbor '" + node.name() + "' was interrupted.", e);
        }
    }

    /**
     * Facts of a Harbor that is to be changed: it must take changes, and the user must be allowed to see registries, policies and
     * executions.
     */
    public HarborFacts ready() throws HarborException {
        HarborFacts facts = facts();
        if (facts.readOnly()) {
            throw new HarborException(
                    HarborTrouble.READ_ONLY,
                    "The Harbor '" + node.name()
                            + "' is in read-only mode, so nothing can be replicated to or from it; end that"
                            + " mode in its system settings.");
        }
        try {
            registries.like("espalier-");
            policies.like("espalier-");
            ReplicationApi api = new ReplicationApi(wire.client());
            calls.read("list the executions", () -> firstExecutions(api));
        } catch (HarborException e) {
            if (e.trouble() == HarborTrouble.FORBIDDEN && !facts.version().robotsReplicate()) {
                throw new HarborException(
                        HarborTrouble.FORBIDDEN,
                        e.sentence() + " Harbor " + facts.version()
                                + " does not let robots replicate (2.10 and later do), so name an administrator for '"
                                + node.name() + "'.",
                        e);
            }
            throw e;
        }
        return facts;
    }

    @SuppressWarnings("NullAway") // The generated call takes null for "any".
    private static int firstExecutions(ReplicationApi api) throws io.espalier.harbor.client.ApiException {
        return api.listExecutions(null, null, null, 1L, 1L).size();
    }

    public RegistryEntries registries() {
        return registries;
    }

    public Policies policies() {
        return policies;
    }

    public Executions executions() {
        return executions;
    }

    public Content content() {
        return content;
    }

    @Override
    public void close() {
        wire.close();
    }
}
