package io.espalier.replication.osgi;

import io.espalier.replication.image.ImageException;
import io.espalier.replication.plan.PlanException;
import io.espalier.replication.store.StoreException;

/** Makes refusals into exceptions whose message the shell prints as it is. */
final class Sentences {
    private Sentences() {}

    /** What a command does. */
    @FunctionalInterface
    interface Command<T> {
        T run() throws ImageException, InterruptedException;
    }

    static <T> T of(Command<T> command) throws InterruptedException {
        try {
            return command.run();
        } catch (PlanException | StoreException | ImageException refused) {
            throw new IllegalStateException(refused.getMessage(), refused);
        }
    }
}
