package io.espalier.replication.store;

class MemoryMeasurementsTest extends MeasurementStoreContract {
    private final MemoryMeasurements store = new MemoryMeasurements();

    @Override
    protected MeasurementStore measurements() {
        return store;
    }
}
