package io.espalier.engine.desk;

import static java.util.Objects.requireNonNull;

import io.espalier.engine.check.SmokeRules;

/**
 * An image to be tested.
 *
 * @param digest of its manifest or index
 * @param run whether it is run, or only loaded
 * @param keep whether it stays in the engine under its name
 */
public record TestOrder(
        Purpose purpose, String repository, String tag, String digest, SmokeRules rules, boolean run, boolean keep) {
    public TestOrder {
        requireNonNull(purpose, "purpose is null");
        requireNonNull(repository, "repository is null");
        requireNonNull(tag, "tag is null");
        requireNonNull(digest, "digest is null");
        requireNonNull(rules, "rules is null");
    }

    /** As {@code shop/web:1.0}. */
    public String image() {
        return repository + ":" + tag;
    }
}
