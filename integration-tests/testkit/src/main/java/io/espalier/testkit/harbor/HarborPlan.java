package io.espalier.testkit.harbor;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * How to start a double of Harbor. Immutable; made by {@link HarborDouble#in}.
 *
 * @param folder of its registry
 * @param minor of its version 2.x, 5 to 15
 * @param workers how many repositories it copies at once
 * @param user the administrator
 * @param onlyAdminsCreateProjects Harbor's setting for who may
 */
public record HarborPlan(
        Path folder, int minor, int workers, String user, String password, boolean onlyAdminsCreateProjects) {
    /** What a Harbor has if nothing else is said. */
    private static final int WORKERS = 10;

    public HarborPlan {
        requireNonNull(folder, "folder is null");
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
    }

    static HarborPlan plain(Path folder) {
        return new HarborPlan(folder, 14, WORKERS, "admin", "Harbor12345", false);
    }

    /** A Harbor 2.{@code number}. */
    public HarborPlan version(int number) {
        return new HarborPlan(folder, number, workers, user, password, onlyAdminsCreateProjects);
    }

    /** With so many workers. */
    public HarborPlan workers(int count) {
        return new HarborPlan(folder, minor, count, user, password, onlyAdminsCreateProjects);
    }

    /** Only administrators make projects. */
    public HarborPlan adminsCreateProjects() {
        return new HarborPlan(folder, minor, workers, user, password, true);
    }

    /** Starts it with its registry. */
    public HarborDouble start() {
        return new HarborDouble(this);
    }
}
