package io.espalier.kernel.supervise;

import io.espalier.kernel.budget.Budgets;
import io.espalier.kernel.plugin.PluginEvents;
import io.espalier.kernel.plugin.PluginRuntime;
import io.espalier.kernel.quarantine.QuarantineStore;
import java.util.concurrent.Executor;

/** What every plug-in's keeper works with. */
record Surroundings(
        PluginRuntime runtime,
        Budgets budgets,
        QuarantineStore store,
        Timekeeper time,
        PluginEvents events,
        LoaderWatch leaks,
        Executor threads) {}
