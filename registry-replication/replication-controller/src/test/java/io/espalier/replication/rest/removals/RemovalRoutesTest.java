package io.espalier.replication.rest.removals;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import io.espalier.replication.image.ImageName;
import io.espalier.replication.removal.NodePreview;
import io.espalier.replication.removal.RemovalMode;
import io.espalier.replication.removal.RemovalView;
import io.espalier.replication.removal.Removals;
import io.espalier.replication.rest.Blocking;
import io.espalier.replication.rest.RestCalls;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RemovalRoutesTest {
    private static final String BODY = "{\"repository\":\"shop/web\",\"tag\":\"1.0\"}";
    private static final List<String> POSTS =
            List.of("/v1/removals", "/v1/removals/1/confirm", "/v1/removals/1/reject");

    private final List<String> done = new CopyOnWriteArrayList<>();

    private HttpDoor open(boolean ownMachineAlone) throws Exception {
        RemovalRoutes routes = new RemovalRoutes(Noted::new, ownMachineAlone, new Blocking(4));
        return HttpDoor.open(DoorSettings.of("test-door", "127.0.0.1", 0), routes::addTo);
    }

    @Test
    void whereOthersReachTheDoorNothingIsDecidedThere() throws Exception {
        try (HttpDoor door = open(false)) {
            for (String path : POSTS) {
                HttpResponse<String> answer = new RestCalls(door::port).send("POST", path, BODY);
                assertThat(answer.statusCode()).as(path).isEqualTo(403);
                assertThat(answer.body()).contains("Removals are decided on the master itself");
            }
            assertThat(new RestCalls(door::port).send("GET", "/v1/removals", "").body())
                    .contains("\"removals\":[]", "\"undecided\":7");
            assertThat(done).isEmpty();
        }
    }

    @Test
    void onThisMachineItIsDecidedInTheNameOfTheAddress() throws Exception {
        try (HttpDoor door = open(true)) {
            for (String path : POSTS) {
                assertThat(new RestCalls(door::port).send("POST", path, BODY).statusCode())
                        .as(path)
                        .isBetween(200, 202);
            }
            assertThat(done)
                    .containsExactly("127.0.0.1 removes shop/web:1.0", "127.0.0.1 confirms 1", "127.0.0.1 rejects 1");
        }
    }

    private final class Noted implements Removals {
        private final String who;

        Noted(String who) {
            this.who = who;
        }

        private String note(String what) {
            done.add(who + " " + what);
            return what;
        }

        @Override
        public List<RemovalView> list(int most) {
            return List.of();
        }

        @Override
        public int undecided() {
            return 7;
        }

        @Override
        public String confirm(String id) {
            return note("confirms " + id);
        }

        @Override
        public String reject(String id) {
            return note("rejects " + id);
        }

        @Override
        public String remove(ImageName image, Optional<RemovalMode> mode) {
            return note("removes " + image);
        }

        @Override
        public List<NodePreview> preview(ImageName image, Optional<RemovalMode> mode) {
            return List.of();
        }
    }
}
