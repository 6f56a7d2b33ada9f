package io.espalier.replication.store;

/** The fake keeps to the contract too. */
class MemoryNodeStoreTest extends NodeStoreContract {
    private final MemoryNodeStore store = new MemoryNodeStore();

    @Override
    protected NodeStore open() {
        return store;
    }
}
