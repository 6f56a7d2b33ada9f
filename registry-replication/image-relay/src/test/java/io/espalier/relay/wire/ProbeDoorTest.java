package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.relay.protocol.NodeId;
import io.espalier.relay.wire.MemberProof.Member;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.ServerWebSocket;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProbeDoorTest {
    private static final Member MEMBER = new Member(new NodeId("near"), Optional.empty());

    private final ProbeDoor door = new ProbeDoor(MemberProof.believingEveryone());

    /** A socket whose other end does not read. */
    private static final class Stuck {
        private final List<String> calls = new ArrayList<>();
        private boolean full;
        private Handler<String> text = message -> {};
        private final ServerWebSocket socket = (ServerWebSocket) Proxy.newProxyInstance(
                ProbeDoorTest.class.getClassLoader(),
                new Class<?>[] {ServerWebSocket.class},
                (proxy, method, arguments) -> called(proxy, method.getName(), arguments));

        @SuppressWarnings("unchecked")
        private Object called(Object proxy, String method, Object[] arguments) {
            calls.add(method);
            return switch (method) {
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                case "writeQueueFull" -> full;
                case "isClosed" -> calls.contains("close");
                case "textMessageHandler" -> {
                    text = (Handler<String>) arguments[0];
                    yield proxy;
                }
                case "writeTextMessage", "close" -> Future.succeededFuture();
                default -> proxy;
            };
        }
    }

    @Test
    void oneWhoPingsButDoesNotReadIsLeft() {
        Stuck stuck = new Stuck();
        door.begin(MEMBER, stuck.socket);
        stuck.text.handle("ping");
        assertThat(stuck.calls).contains("writeTextMessage").doesNotContain("close");
        stuck.calls.clear();
        stuck.full = true;

        stuck.text.handle("ping");

        assertThat(stuck.calls).contains("close").doesNotContain("writeTextMessage");
    }

    @Test
    void manyWhoAskAtOnceDoNotGetBeyondTheLimit() {
        for (int i = 0; i < ProbeDoor.MAX_PROBES; i++) {
            Stuck probe = new Stuck();
            door.begin(MEMBER, probe.socket);
            assertThat(probe.calls).doesNotContain("close");
        }
        Stuck late = new Stuck();

        door.begin(MEMBER, late.socket);

        assertThat(late.calls).contains("close").doesNotContain("textMessageHandler");
    }
}
