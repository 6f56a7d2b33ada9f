package io.espalier.replication.node;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.control.ControlSettings;
import io.espalier.replication.database.DatabaseAccess;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.plan.PlanSettings;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.retention.RetentionRule;
import io.espalier.replication.transfer.TransferSettings;
import io.espalier.replication.trigger.CronSchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a controller runs.
 *
 * @param host address of the REST door
 * @param port 0 to 65535; 0 takes any free port
 * @param database where the state is kept
 * @param folder of its own: the cluster's authority, hashes of chunks, temporary files
 * @param cluster name of the cluster, in its certificates
 * @param poll how often the master's registry is looked at; zero for never
 * @param schedule when it is looked at besides
 * @param notificationToken that the registry must send with its notifications; empty for none
 * @param control how long permissions and their audit live
 * @param removals whether nodes follow when images go
 * @param retention which images are to be kept, for hints
 */
public record ControllerSettings(
        String host,
        int port,
        DatabaseAccess database,
        Path folder,
        String cluster,
        PlanSettings plan,
        MeasureSettings measure,
        TransferSettings transfers,
        Duration poll,
        Optional<CronSchedule> schedule,
        String notificationToken,
        ControlSettings control,
        RemovalSettings removals,
        RetentionRule retention) {
    public ControllerSettings {
        requireNonNull(removals, "removals is null");
        requireNonNull(retention, "retention is null");
        requireNonNull(control, "control is null");
        requireNonNull(host, "host is null");
        requireNonNull(database, "database is null");
        requireNonNull(folder, "folder is null");
        requireNonNull(cluster, "cluster is null");
        requireNonNull(plan, "plan is null");
        requireNonNull(measure, "measure is null");
        requireNonNull(transfers, "transfers is null");
        requireNonNull(poll, "poll is null");
        requireNonNull(schedule, "schedule is null");
        requireNonNull(notificationToken, "notificationToken is null");
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port is " + port + "; use 0 to 65535.");
        }
        if (!cluster.matches("[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}")) {
            throw new IllegalArgumentException("cluster is '" + cluster
                    + "'; use 1 to 63 letters, digits, blanks and . _ -, a letter or digit first.");
        }
        if (removals.mode() != RemovalMode.KEEP && poll.isZero() && schedule.isEmpty()) {
            throw new IllegalArgumentException("deletes is "
                    + removals.mode().word()
                    + " but nobody looks at the registry; set poll-seconds or schedule, or deletes=keep.");
        }
        if (poll.isNegative()) {
            throw new IllegalArgumentException("poll-seconds is " + poll.toSeconds() + "; use 0 for never, or more.");
        }
    }

    /** Whether only this machine reaches the door, since others cannot reach the host's address. */
    public boolean isOwnMachineAlone() {
        return isOwnMachine(host);
    }

    /** Whether this is an address of this machine that others cannot reach. */
    public static boolean isOwnMachine(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || host.matches("127(\\.\\d{1,3}){3}");
    }

    /** Without the token and the password. */
    @Override
    public String toString() {
        return "ControllerSettings[host=" + host + ", port=" + port + ", cluster=" + cluster + ", folder=" + folder
                + "]";
    }
}
