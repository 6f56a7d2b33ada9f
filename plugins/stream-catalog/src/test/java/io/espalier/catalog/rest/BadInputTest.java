package io.espalier.catalog.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.catalog.rest.DoorCalls.Answer;
import io.espalier.catalog.service.MemoryStore;
import io.espalier.catalog.service.MemoryTopics;
import io.espalier.catalog.service.StreamCatalog;
import io.espalier.http.DoorSettings;
import io.espalier.http.HttpDoor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes in: a status, a code, a sentence; and the door goes on. */
@Timeout(30)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private final MemoryTopics topics = new MemoryTopics();
    private HttpDoor http;
    private DoorCalls door;

    @BeforeAll
    void open() throws Exception {
        StreamCatalog catalog = StreamCatalog.load(new MemoryStore(), topics);
        http = HttpDoor.open(
                DoorSettings.of("bad-input", "127.0.0.1", 0).withMaxBodyBytes(64 * 1024),
                new StreamRoutes(catalog, 16)::addTo);
        door = new DoorCalls(http.port());
        assertThat(door.post("/v1/streams", "{\"id\":\"ads.web.click\",\"partitions\":4}")
                        .status())
                .isEqualTo(201);
    }

    @AfterAll
    void close() {
        http.close();
    }

    @AfterEach
    void nothingChangedAndTheDoorStillServes() {
        Answer list = door.get("/v1/streams");
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.json().path("streams")).hasSize(1);
        assertThat(list.json().path("streams").get(0).path("version").intValue())
                .isEqualTo(1);
        assertThat(topics.topics).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"id":"a.b.c"                       | 400 MALFORMED_JSON
            {"id":"a.b.c"} {}                   | 400 MALFORMED_JSON
            {"id":"a.b.c","id":"a.b.d"}         | 400 MALFORMED_JSON
            nonsense                            | 400 MALFORMED_JSON
            [1,2]                               | 400 WRONG_FIELD
            "text"                              | 400 WRONG_FIELD
            {}                                  | 400 BAD_DEFINITION
            {"id":null}                         | 400 BAD_DEFINITION
            {"id":7}                            | 400 BAD_DEFINITION
            {"id":"../etc.x.y"}                 | 400 BAD_DEFINITION
            {"id":"A.b.c"}                      | 400 BAD_DEFINITION
            {"id":"a.b.c","color":"red"}        | 400 BAD_DEFINITION
            {"id":"a.b.c","partitions":"4"}     | 400 BAD_DEFINITION
            {"id":"a.b.c","partitions":1e3}     | 400 BAD_DEFINITION
            {"id":"a.b.c","partitions":0}       | 400 BAD_DEFINITION
            {"id":"a.b.c","partitions":1001}    | 400 BAD_DEFINITION
            {"id":"a.b.c","terminals":{"x":[]}} | 400 BAD_DEFINITION
            {"id":"a.b.c","version":2}          | 400 BAD_DEFINITION
            {"id":"ads.web.click"}              | 409 STREAM_EXISTS
            """)
    void refusesBadCreates(String body, String fault) {
        assertRefused(fault, door.post("/v1/streams", body));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ads.web.click | {"priority":3}                            | 400 BAD_DEFINITION
            ads.web.click | {"version":0,"priority":3}                | 400 BAD_DEFINITION
            ads.web.click | {"version":"1","priority":3}              | 400 BAD_DEFINITION
            ads.web.click | {"version":1,"partitions":3}              | 400 BAD_DEFINITION
            ads.web.click | {"version":1,"topic":"other"}             | 400 BAD_DEFINITION
            ads.web.click | {"version":1,"id":"ads.web.view"}         | 400 BAD_DEFINITION
            ads.web.click | {"version":2,"priority":3}                | 409 STALE_VERSION
            ads.web.nope  | {"version":1,"priority":3}                | 404 NO_SUCH_STREAM
            ads.web       | {"version":1,"priority":3}                | 400 BAD_STREAM_ID
            """)
    void refusesBadUpdates(String id, String body, String fault) {
        assertRefused(fault, door.put("/v1/streams/" + id, body));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/streams/ads.web, 400 BAD_STREAM_ID",
        "GET, /v1/streams/ads.web.nope, 404 NO_SUCH_STREAM",
        "GET, /v1/streams/%00.a.b, 400 BAD_STREAM_ID",
        "GET, /v1/streams?limit=0, 400 BAD_PARAMETER",
        "GET, /v1/streams?limit=1001, 400 BAD_PARAMETER",
        "GET, /v1/streams?limit=ten, 400 BAD_PARAMETER",
        "GET, /v1/streams?limit=1&limit=2, 400 BAD_PARAMETER",
        "GET, /v1/streams?lmit=2, 400 BAD_PARAMETER",
        "GET, /v1/stream, 404 UNKNOWN_PATH",
        "GET, /v1/streams/ads.web.click/records, 404 UNKNOWN_PATH",
        "GET, /, 404 UNKNOWN_PATH",
        "PATCH, /v1/streams/ads.web.click, 405 METHOD_NOT_ALLOWED",
        "DELETE, /v1/streams, 405 METHOD_NOT_ALLOWED",
        "DELETE, /v1/streams/ads.web.nope, 404 NO_SUCH_STREAM",
        "DELETE, /v1/streams/ads.web.click?deleteTopic=yes, 400 BAD_PARAMETER",
        "DELETE, /v1/streams/ads.web.click?deletetopic=true, 400 BAD_PARAMETER",
    })
    void refusesBadRequests(String method, String path, String fault) {
        assertRefused(fault, door.send(door.request(method, path, "")));
    }

    @Test
    void namesAllMistakesOfOneDefinition() {
        Answer refused = door.post(
                "/v1/streams",
                "{\"id\":\"x\",\"partitons\":4,\"priority\":99,\"format\":\"xml\",\"terminals\":[\"A\"]}");

        assertThat(refused.fault()).isEqualTo("400 BAD_DEFINITION");
        assertThat(refused.message())
                .startsWith(
                        "The definition has 5 problems: (1) There is no field 'partitons'; did you mean partitions?")
                .contains("Stream id 'x' has 1 parts", "priority is 99", "format is 'xml'", "terminals names 'A'");
    }

    @Test
    void refusesOtherMediaTypes() {
        assertRefused(
                "415 UNSUPPORTED_MEDIA_TYPE", door.send(door.request("POST", "/v1/streams", "{\"id\":\"a.b.c\"}")));
        assertRefused(
                "415 UNSUPPORTED_MEDIA_TYPE",
                door.send(door.request("POST", "/v1/streams", "id=a.b.c")
                        .header("Content-Type", "application/x-www-form-urlencoded")));
    }

    @Test
    void refusesEmptyAndOversizeBodies() {
        assertRefused("400 EMPTY_BODY", door.post("/v1/streams", ""));
        assertRefused(
                "413 BODY_TOO_LARGE",
                door.post("/v1/streams", "{\"id\":\"a.b.c\",\"description\":\"" + "x".repeat(70_000) + "\"}"));
    }

    @Test
    void refusesDeepNesting() {
        assertRefused("400 MALFORMED_JSON", door.post("/v1/streams", "[".repeat(30_000)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "x"
            1
            W/"1"
            "1", "2"
            """)
    void refusesAnIfMatchThatNoStreamHas(String header) {
        assertRefused(
                "400 BAD_IF_MATCH", door.put("/v1/streams/ads.web.click", "{\"priority\":3}", "If-Match", header));
        assertRefused("400 BAD_IF_MATCH", door.delete("/v1/streams/ads.web.click", "If-Match", header));
    }

    private static void assertRefused(String fault, Answer answer) {
        assertThat(answer.fault()).isEqualTo(fault);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.message())
                .as("a sentence")
                .contains(" ")
                .matches("(?s).*[.?]")
                .hasSizeLessThan(1_000);
    }
}
