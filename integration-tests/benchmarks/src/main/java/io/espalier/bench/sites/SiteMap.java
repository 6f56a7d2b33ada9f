package io.espalier.bench.sites;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * Addresses and delays of sites in regions.
 *
 * <p>Every site reaches every other one by an address of the hub, its own for each pair, so that the hub knows both ends and adds
 * the pair's delay. Site 0 is the master; sites of a region follow each other.
 *
 * @param count all sites
 * @param perRegion sites of a region
 * @param insideMillis round trip inside a region
 * @param betweenMillis round trip between regions
 */
public record SiteMap(int count, int perRegion, double insideMillis, double betweenMillis) {
    public static final int RELAY_PORT = 8490;
    public static final int REGISTRY_PORT = 5000;
    public static final int PLAIN_PORT = 5201;
    public static final List<Integer> PORTS = List.of(RELAY_PORT, REGISTRY_PORT, PLAIN_PORT);

    /** Every site is as far from every other, and none share a region. */
    public static SiteMap allAsFar(int count, double millis) {
        return new SiteMap(count, 1, millis, millis);
    }

    public int region(int site) {
        return site / perRegion;
    }

    public int regions() {
        return (count + perRegion - 1) / perRegion;
    }

    public Duration oneWay(int from, int to) {
        double millis = region(from) == region(to) ? insideMillis : betweenMillis;
        return Duration.ofNanos(Math.round(millis * 1e6 / 2));
    }

    public String name(int site) {
        return "site-" + site + ".test";
    }

    /** The site's own address. */
    public String address(int site) {
        return "10.77.0." + (site + 1);
    }

    /** The hub's address behind which {@code from} finds {@code to}. */
    public String addressSeen(int from, int to) {
        return "10.77." + (100 + from) + "." + (to + 1);
    }

    public InetSocketAddress at(int site, int port) {
        return new InetSocketAddress(address(site), port);
    }

    public InetSocketAddress seen(int from, int to, int port) {
        return new InetSocketAddress(addressSeen(from, to), port);
    }
}
