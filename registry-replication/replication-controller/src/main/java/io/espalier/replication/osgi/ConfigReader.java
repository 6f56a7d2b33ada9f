package io.espalier.replication.osgi;

import static java.util.Objects.requireNonNull;

import io.espalier.replication.control.ControlSettings;
import io.espalier.replication.database.ControllerDatabase;
import io.espalier.replication.database.DatabaseAccess;
import io.espalier.replication.image.GlobList;
import io.espalier.replication.image.ImageFilter;
import io.espalier.replication.image.PlatformList;
import io.espalier.replication.measure.MeasureSettings;
import io.espalier.replication.node.ControllerSettings;
import io.espalier.replication.plan.PlanSettings;
import io.espalier.replication.plan.PlannerChoice;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalSettings;
import io.espalier.replication.retention.RetentionRule;
import io.espalier.replication.transfer.Backfill;
import io.espalier.replication.transfer.GateRule;
import io.espalier.replication.transfer.PriorityRules;
import io.espalier.replication.transfer.TransferSettings;
import io.espalier.replication.trigger.CronSchedule;
import io.espalier.replication.window.WindowRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a configuration into settings; finds everything that is wrong with it before it fails. */
final class ConfigReader {
    private static final TransferSettings DEFAULT_TRANSFERS =
            new TransferSettings(ImageFilter.everything(), PriorityRules.parse(List.of()), Backfill.CURRENT, 0, 0);

    private static final Logger LOG = LoggerFactory.getLogger(ConfigReader.class);

    private final ControllerConfig config;
    private final Path data;
    private final List<String> problems = new ArrayList<>();

    /** @param data the platform's data folder */
    ConfigReader(ControllerConfig config, Path data) {
        this.config = requireNonNull(config, "config is null");
        this.data = requireNonNull(data, "data is null");
    }

    /** @throws IllegalArgumentException with a sentence for each problem */
    ControllerSettings read() {
        PlanSettings plan = attempt(this::plan, PlanSettings.DEFAULT);
        MeasureSettings measure = attempt(this::measure, MeasureSettings.DEFAULT);
        TransferSettings transfers = transfers();
        requireOwnMachine();
        DatabaseAccess database = attempt(this::database, DatabaseAccess.to(""));
        Optional<CronSchedule> schedule = attempt(this::schedule, Optional.empty());
        require(config.poll$_$seconds() >= 0, "poll-seconds", "use 0 for never, or more");
        Optional<ControllerSettings> settings = attempt(
                () -> Optional.of(new ControllerSettings(
                        config.host(),
                        config.port(),
                        database,
                        data.resolve("replication"),
                        config.cluster(),
                        plan,
                        measure,
                        transfers,
                        Duration.ofSeconds(Math.max(0, config.poll$_$seconds())),
                        schedule,
                        config.notification$_$token(),
                        attempt(this::control, ControlSettings.DEFAULT),
                        attempt(this::removals, RemovalSettings.KEEP),
                        attempt(this::retention, RetentionRule.NONE))),
                Optional.empty());
        return settings.filter(whole -> problems.isEmpty())
                .orElseThrow(() -> new IllegalArgumentException("The configuration " + ControllerConfig.PID + " has "
                        + problems.size() + (problems.size() == 1 ? " mistake: " : " mistakes: ")
                        + String.join(" ", problems)));
    }

    /** Who reaches the REST door may let nodes join and remove them, so it is not opened by one word. */
    private void requireOwnMachine() {
        String host = config.host().strip();
        if (ControllerSettings.isOwnMachine(host)) {
            return;
        }
        if (config.insecure$_$open$_$rest()) {
            LOG.warn(
                    "The REST door on {} asks for no password; who reaches it may let nodes join and remove them.",
                    host);
        } else {
            problems.add("The host '" + host
                    + "' lets other machines reach the REST door, which asks for no password; use 127.0.0.1, or set"
                    + " insecure-open-rest when something in front of it lets only operators in.");
        }
    }

    private void require(boolean fits, String key, String rule) {
        if (!fits) {
            problems.add("The value of " + key + " is too small; " + rule + ".");
        }
    }

    private DatabaseAccess database() {
        String url = config.url().isBlank()
                ? ControllerDatabase.fileUrl(data)
                : config.url().strip();
        String password = new SealedSettings(data).open("password", config.password());
        return new DatabaseAccess(url, config.user().strip(), password);
    }

    private PlanSettings plan() {
        PlannerChoice choice =
                attempt(() -> new PlannerChoice(config.planner(), config.greedy$_$rule()), PlannerChoice.PLANNED);
        return new PlanSettings(
                choice,
                config.replan$_$gain$_$percent(),
                PlanSettings.DEFAULT.startGrace(),
                PlanSettings.DEFAULT.awayGrace(),
                config.link$_$bytes$_$per$_$second(),
                config.chunk$_$bytes(),
                config.stripes());
    }

    private MeasureSettings measure() {
        require(config.measure$_$every$_$minutes() >= 0, "measure-every-minutes", "use 0 for never, or more");
        require(
                config.default$_$uplink$_$bytes$_$per$_$second() >= 1000,
                "default-uplink-bytes-per-second",
                "use 1000 or more");
        return MeasureSettings.DEFAULT
                .withEvery(Duration.ofMinutes(Math.max(0, config.measure$_$every$_$minutes())))
                .withBandwidth(
                        Math.max(1000, config.default$_$uplink$_$bytes$_$per$_$second()),
                        Math.max(0, config.link$_$bytes$_$per$_$second()));
    }

    private ControlSettings control() {
        return new ControlSettings(
                Duration.ofSeconds(config.permission$_$seconds()),
                Duration.ofDays(config.audit$_$days()),
                config.audit$_$rows());
    }

    private RemovalSettings removals() {
        return new RemovalSettings(
                RemovalMode.parse(config.deletes()),
                globs("delete-repositories", config.delete$_$repositories()),
                Duration.ofMinutes(config.delete$_$after$_$minutes()),
                config.delete$_$most$_$percent());
    }

    private RetentionRule retention() {
        return new RetentionRule(config.keep$_$newest(), config.keep$_$days());
    }

    private TransferSettings transfers() {
        GlobList repositories = attempt(() -> globs("repositories", config.repositories()), GlobList.everything());
        GlobList tags = attempt(() -> globs("tags", config.tags()), GlobList.everything());
        PlatformList platforms = attempt(this::platforms, PlatformList.all());
        PriorityRules priorities =
                attempt(() -> PriorityRules.parse(List.of(config.priorities())), PriorityRules.parse(List.of()));
        GateRule gate = attempt(() -> GateRule.parse(config.release$_$gate()), GateRule.IF_PRESENT);
        WindowRules windows = attempt(this::windows, WindowRules.NONE);
        Backfill backfill = attempt(() -> Backfill.parse(config.backfill()), Backfill.CURRENT);
        return attempt(
                () -> new TransferSettings(
                        new ImageFilter(repositories, tags, platforms),
                        priorities,
                        backfill,
                        config.chunk$_$bytes(),
                        Math.max(0, config.link$_$bytes$_$per$_$second()),
                        gate,
                        windows),
                DEFAULT_TRANSFERS);
    }

    private WindowRules windows() {
        return WindowRules.parse(
                List.of(config.windows()), config.window$_$above$_$bytes(), List.of(config.window$_$exempt()));
    }

    private static GlobList globs(String key, String[] globs) {
        try {
            return GlobList.of(List.of(globs));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(key + ": " + wrong.getMessage(), wrong);
        }
    }

    private PlatformList platforms() {
        return new PlatformList(List.of(config.platforms()).stream()
                .map(String::strip)
                .filter(platform -> !platform.isEmpty())
                .toList());
    }

    private Optional<CronSchedule> schedule() {
        String text = config.schedule().strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(CronSchedule.parse(text));
    }

    private <T> T attempt(Supplier<T> reading, T otherwise) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return otherwise;
        }
    }
}
