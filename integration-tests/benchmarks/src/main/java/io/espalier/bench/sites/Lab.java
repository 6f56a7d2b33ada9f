package io.espalier.bench.sites;

import io.espalier.testkit.process.ChildProcess;
import io.espalier.testkit.process.ProcessPlan;
import io.espalier.testkit.registry.RegistryServer;
import io.espalier.testkit.replication.RelayCluster;
import io.espalier.testkit.replication.RelaySite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.MatchResult;

/**
 * A network namespace for every site and one for the hub that joins them. What leaves a site is shaped by HTB on its one interface;
 * delay is added by the hub's links, since many kernels have no netem. Needs root and iproute2.
 */
public final class Lab implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration ARRIVAL_LIMIT = Duration.ofMinutes(10);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int ENDPOINT_PORT = 8482;
    private static final int CONTROLLER_PORT = 8491;
    private static final String HUB = "espalier-hub";

    private final SiteMap map;
    private final ChildProcess hub;
    private int questions;

    private Lab(SiteMap map, ChildProcess hub) {
        this.map = map;
        this.hub = hub;
    }

    /**
     * Makes the namespaces and starts the hub; what an earlier run left of them is removed.
     *
     * @param uplinkMbit rate of every site's uplink in Mbit/s
     */
    public static Lab open(SiteMap map, int uplinkMbit) {
        remove(map);
        ip("netns add " + HUB);
        ip("-n " + HUB + " link set lo up");
        ip("-n " + HUB + " link add br0 type bridge");
        ip("-n " + HUB + " link set br0 up");
        ip("-n " + HUB + " addr add 10.77.0.254/16 dev br0");
        for (int site = 0; site < map.count(); site++) {
            addSite(map, site, uplinkMbit);
        }
        ChildProcess hub = inNamespace(
                        HUB,
                        java(
                                "-Xmx384m",
                                HubMain.class,
                                map.count(),
                                map.perRegion(),
                                map.insideMillis(),
                                map.betweenMillis()))
                .start();
        hub.awaitLine("hub ready", LIMIT);
        return new Lab(map, hub);
    }

    private static void addSite(SiteMap map, int site, int uplinkMbit) {
        String name = namespace(site);
        ip("netns add " + name);
        ip("link add up0 netns " + name + " type veth peer name down" + site + " netns " + HUB);
        ip("-n " + HUB + " link set down" + site + " master br0 up");
        ip("-n " + name + " link set lo up");
        ip("-n " + name + " link set up0 up");
        ip("-n " + name + " addr add " + map.address(site) + "/16 dev up0");
        run("tc -n " + name + " qdisc add dev up0 root handle 1: htb default 1 r2q 100");
        run("tc -n " + name + " class add dev up0 parent 1: classid 1:1 htb rate " + uplinkMbit + "mbit burst 64k");
        StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
        for (int other = 0; other < map.count(); other++) {
            String address = other == site ? map.address(site) : map.addressSeen(site, other);
            hosts.append(address).append(' ').append(map.name(other)).append('\n');
            if (other != site) {
                ip("-n " + HUB + " addr add " + map.addressSeen(site, other) + "/32 dev br0");
            }
        }
        Path file = hosts(site);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, hosts);
        } catch (IOException e) {
            throw new UncheckedIOException("Tried to write " + file + "; network namespaces need root.", e);
        }
    }

    /** Words before a command that shall run at a site. */
    public static List<String> at(int site) {
        return List.of("ip", "netns", "exec", namespace(site));
    }

    /** A program of this class path at a site. */
    public ProcessPlan java(int site, Class<?> main, Object... arguments) {
        return inNamespace(namespace(site), java("-Xmx128m", main, arguments));
    }

    /** A command at a site. */
    public ProcessPlan command(int site, String... command) {
        return inNamespace(namespace(site), ProcessPlan.command(command));
    }

    /** A registry and a kernel for every site, the registries started. */
    public RelayCluster cluster(Path built, Path work) {
        List<RelaySite> sites = new ArrayList<>();
        for (int site = 0; site < map.count(); site++) {
            String[] before = at(site).toArray(String[]::new);
            sites.add(new RelaySite(
                    "site-" + site,
                    map.name(site),
                    SiteMap.RELAY_PORT,
                    ENDPOINT_PORT,
                    RegistryServer.in(work.resolve("registry-" + site))
                            .listeningOn("0.0.0.0", SiteMap.REGISTRY_PORT, before),
                    Map.of("bind", "0.0.0.0"),
                    at(site)));
        }
        return RelayCluster.prepare(sites, CONTROLLER_PORT, built, work);
    }

    public SiteMap map() {
        return map;
    }

    /** Bytes that crossed the hub so far, by sending and receiving site. */
    public long[][] sent() {
        String end = "sent end " + ++questions;
        order("sent " + questions);
        hub.awaitLine(end + "$", LIMIT);
        List<String> lines = hub.output();
        int last = lines.lastIndexOf(end);
        long[][] sent = new long[map.count()][map.count()];
        for (String line : lines.subList(last - map.count() * map.count(), last)) {
            String[] words = line.split(" ", -1);
            sent[Integer.parseInt(words[1])][Integer.parseInt(words[2])] = Long.parseLong(words[3]);
        }
        return sent;
    }

    /** Begins to look for a tag at all sites but the master. */
    public void watch(String repository, String tag, String digest) {
        order("watch " + repository + " " + tag + " " + digest);
    }

    /** Waits until a site showed the tag that was watched last; answers with the time in milliseconds since the epoch. */
    public long awaitArrival(int site, long notBefore) {
        long deadline = System.nanoTime() + ARRIVAL_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            for (String line : hub.output()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals("arrived")
                        && Integer.parseInt(words[1]) == site
                        && Long.parseLong(words[2]) >= notBefore) {
                    return Long.parseLong(words[2]);
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IllegalStateException("The image did not come to site " + site + " within " + ARRIVAL_LIMIT + ".");
    }

    /** Bytes per second of one plain TCP stream from a site to another, through the same uplink and hub. */
    public double goodput(int from, int to, int megabytes) {
        try (ChildProcess sender = java(from, PlainStreamMain.class, "send", SiteMap.PLAIN_PORT, megabytes)
                        .start();
                ChildProcess receiver = receiver(sender, from, to)) {
            MatchResult seconds = receiver.awaitLine("rate ([0-9.E]+)", Duration.ofMinutes(3));
            return Double.parseDouble(seconds.group(1));
        }
    }

    private ChildProcess receiver(ChildProcess sender, int from, int to) {
        sender.awaitLine("listening", LIMIT);
        return java(to, PlainStreamMain.class, "receive", map.name(from), SiteMap.PLAIN_PORT)
                .start();
    }

    private void order(String line) {
        try {
            hub.input().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            hub.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The hub takes no orders: " + hub, e);
        }
    }

    @Override
    public void close() {
        hub.close();
        remove(map);
    }

    private static void remove(SiteMap map) {
        List<String> there = lines("ip netns list");
        List<String> ours = new ArrayList<>(List.of(HUB));
        for (int site = 0; site < map.count(); site++) {
            ours.add(namespace(site));
        }
        for (String name : ours) {
            if (there.stream().anyMatch(line -> line.equals(name) || line.startsWith(name + " "))) {
                ip("netns del " + name);
            }
        }
        for (int site = 0; site < map.count(); site++) {
            try {
                Files.deleteIfExists(hosts(site));
                Files.deleteIfExists(hosts(site).getParent());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String namespace(int site) {
        return "espalier-site-" + site;
    }

    private static Path hosts(int site) {
        return Path.of("/etc/netns", namespace(site), "hosts");
    }

    private static ProcessPlan java(String memory, Class<?> main, Object... arguments) {
        List<String> words = new ArrayList<>();
        for (Object argument : arguments) {
            words.add(argument.toString());
        }
        return ProcessPlan.java(main, List.of(memory, "-XX:+UseSerialGC"), words);
    }

    private static ProcessPlan inNamespace(String name, ProcessPlan plan) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
        command.addAll(plan.command());
        return ProcessPlan.command(command).in(plan.folder());
    }

    private static void ip(String arguments) {
        run("ip " + arguments);
    }

    private static void run(String command) {
        lines(command);
    }

    private static List<String> lines(String command) {
        try (ChildProcess child = ProcessPlan.command(command.split(" ", -1)).start()) {
            int exit = child.awaitExit(LIMIT);
            if (exit != 0) {
                throw new IllegalStateException("'" + command + "' ended with " + exit + ": "
                        + String.join(" ", child.output()) + "; network namespaces need root and iproute2.");
            }
            return child.output();
        }
    }
}
