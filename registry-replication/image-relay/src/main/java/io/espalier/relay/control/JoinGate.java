package io.espalier.relay.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows those down who guess tokens or names: after five refusals an address waits, longer each time. Remembers a bounded number of
 * addresses. Thread-safe.
 */
final class JoinGate {
    private static final int FREE_TRIES = 5;
    private static final long FIRST_WAIT_MS = 1000;
    private static final long MOST_WAIT_MS = 60_000;
    private static final int MAX_ADDRESSES = 1024;

    private record Tries(int refused, long openAtMillis) {}

    private final LongSupplier millis;
    private final Map<String, Tries> addresses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
            return size() > MAX_ADDRESSES;
        }
    };

    /** @param millis a clock that never goes back */
    JoinGate(LongSupplier millis) {
        this.millis = millis;
    }

    /** How long the address has to wait; 0 when it may try. */
    synchronized long waitMillis(String address) {
        Tries tries = addresses.get(address);
        return tries == null ? 0 : Math.max(0, tries.openAtMillis - millis.getAsLong());
    }

    synchronized void refused(String address) {
        Tries before = addresses.get(address);
        int refused = before == null ? 1 : before.refused + 1;
        int over = Math.min(refused - FREE_TRIES, 16);
        long wait = over < 0 ? 0 : Math.min(MOST_WAIT_MS, FIRST_WAIT_MS << over);
        addresses.put(address, new Tries(refused, millis.getAsLong() + wait));
    }

    synchronized void accepted(String address) {
        addresses.remove(address);
    }
}
