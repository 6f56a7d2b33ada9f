package io.espalier.replication.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Measurements in memory, which survive as long as the test keeps this object; it can be made to fail. */
public final class MemoryMeasurements implements MeasurementStore {
    private final Map<List<Object>, MeasurementRow> rows = new ConcurrentHashMap<>();
    private final Map<List<Object>, RateRow> rates = new ConcurrentHashMap<>();
    private final Map<String, PlanRow> plans = new ConcurrentHashMap<>();
    private volatile boolean failing;

    /** From now on every write fails, or none. */
    public void fail(boolean failing) {
        this.failing = failing;
    }

    private void check() {
        if (failing) {
            throw new StoreException("Tried to store but the database is away.", new IllegalStateException("away"));
        }
    }

    @Override
    public List<MeasurementRow> measurements() {
        return new ArrayList<>(rows.values());
    }

    @Override
    public void save(List<MeasurementRow> saved) {
        check();
        saved.forEach(row -> rows.put(List.of(row.from(), row.to(), row.mode()), row));
    }

    @Override
    public List<RateRow> rates() {
        return new ArrayList<>(rates.values());
    }

    @Override
    public void saveRate(RateRow rate) {
        check();
        rates.put(List.of(rate.parent(), rate.child()), rate);
    }

    @Override
    public Optional<PlanRow> plan(String name) {
        return Optional.ofNullable(plans.get(name));
    }

    @Override
    public void savePlan(PlanRow plan) {
        check();
        plans.put(plan.name(), plan);
    }
}
