package io.espalier.bench.sites;

import io.espalier.testkit.link.LinkEmulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs in the hub's namespace: passes connections between sites on with their delay and counts bytes. Lines on standard input:
 * {@code sent N} answers with a line {@code sent FROM TO BYTES} for every pair and {@code sent end N}; {@code watch REPOSITORY TAG DIGEST}
 * asks every site's registry until the tag shows that digest and answers with {@code arrived SITE EPOCH-MILLIS}.
 */
public final class HubMain {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    private static final long LEAST_LINK_BYTES = 1L << 20;
    /** More than any uplink of the benchmarks carries: a long link must hold what is on its way. */
    private static final long LINK_BYTES_PER_SECOND = 16_000_000;

    private static final int ASK_MILLIS = 5_000;

    private final SiteMap map;
    private final List<Pair> pairs = new ArrayList<>();

    private record Pair(int from, int to, LinkEmulator link) {}

    private HubMain(SiteMap map) {
        this.map = map;
        for (int from = 0; from < map.count(); from++) {
            for (int to = 0; to < map.count(); to++) {
                if (from != to) {
                    open(from, to);
                }
            }
        }
    }

    private void open(int from, int to) {
        long onItsWay = map.oneWay(from, to).toMillis() * LINK_BYTES_PER_SECOND / 1000;
        long capacity = Math.max(LEAST_LINK_BYTES, onItsWay);
        for (int port : SiteMap.PORTS) {
            LinkEmulator link = LinkEmulator.between(map.seen(from, to, port), map.at(to, port), capacity);
            link.toTarget().delay(map.oneWay(from, to));
            link.toClient().delay(map.oneWay(to, from));
            pairs.add(new Pair(from, to, link));
        }
    }

    public static void main(String[] args) throws IOException {
        HubMain hub = new HubMain(new SiteMap(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                Double.parseDouble(args[2]),
                Double.parseDouble(args[3])));
        System.out.println("hub ready");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            hub.obey(line.split(" ", -1));
        }
        System.exit(0);
    }

    private void obey(String[] words) {
        switch (words[0]) {
            case "sent" -> printSent(words[1]);
            case "watch" -> {
                for (int site = 1; site < map.count(); site++) {
                    int watched = site;
                    Thread thread = new Thread(
                            () -> watch(watched, words[1], words[2], words[3]), "watch-" + words[2] + "-" + site);
                    thread.setDaemon(true);
                    thread.start();
                }
            }
            default -> System.out.println("unknown order " + words[0]);
        }
    }

    private void printSent(String question) {
        long[][] sent = new long[map.count()][map.count()];
        for (Pair pair : pairs) {
            sent[pair.from()][pair.to()] += pair.link().toTarget().bytes();
            sent[pair.to()][pair.from()] += pair.link().toClient().bytes();
        }
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < map.count(); from++) {
            for (int to = 0; to < map.count(); to++) {
                text.append("sent ").append(from).append(' ').append(to).append(' ');
                text.append(sent[from][to]).append('\n');
            }
        }
        System.out.println(text + "sent end " + question);
    }

    private void watch(int site, String repository, String tag, String digest) {
        URI uri = URI.create("http://" + map.address(site) + ":" + SiteMap.REGISTRY_PORT + "/v2/" + repository
                + "/manifests/" + tag);
        while (!digest.equals(shown(uri))) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        System.out.println("arrived " + site + " " + System.currentTimeMillis());
    }

    private static String shown(URI uri) {
        try {
            HttpURLConnection ask = (HttpURLConnection) uri.toURL().openConnection();
            ask.setRequestMethod("HEAD");
            ask.setRequestProperty("Accept", "application/vnd.oci.image.manifest.v1+json");
            ask.setConnectTimeout(ASK_MILLIS);
            ask.setReadTimeout(ASK_MILLIS);
            String digest = ask.getHeaderField("Docker-Content-Digest");
            return digest == null ? "" : digest;
        } catch (IOException notYet) {
            return "";
        }
    }
}
