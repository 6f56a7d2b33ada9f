package io.espalier.engine.check;

/** Where conversations with an engine begin. Thread-safe. */
public interface EngineAccess {
    /** Begins one; connects at its first call. */
    ImageEngine open();

    /** Where the engine is, for people. */
    String address();
}
