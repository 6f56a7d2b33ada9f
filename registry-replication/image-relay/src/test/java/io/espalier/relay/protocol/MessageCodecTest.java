package io.espalier.relay.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
    private static final NodeId NODE = new NodeId("a");
    private static final PeerAddress PEER = new PeerAddress(NODE, "a.example", 8490);
    private static final TransferReport REPORT = new TransferReport(
            "t1", TransferState.RETRYING, 10, 1, 2, 3, 4, "b", 5, "the registry answered 429 \"later\"", 6);
    private final MessageCodec codec = new MessageCodec();

    @Test
    void nodeMessagesComeThroughUnchanged() {
        List<NodeMessage> messages = List.of(
                new NodeMessage.Hello(NODE, "0.1.0", "a.example", 8490, "http://127.0.0.1:5000", List.of(REPORT)),
                new NodeMessage.Report(List.of(REPORT)),
                new NodeMessage.Report(List.of(new TransferReport(
                        "t2",
                        TransferState.RECEIVING,
                        9,
                        0,
                        7,
                        0,
                        4,
                        "b",
                        0,
                        "",
                        6,
                        0L,
                        List.of("b", "c"),
                        Map.of("b", 7L)))),
                new NodeMessage.Measured(
                        "m1", MeasureMode.COPY, List.of(new PeerSample(NODE, Double.NaN, 0, 0, "refused"))),
                new NodeMessage.Observed(NODE, 1L << 40, 1 << 20),
                new NodeMessage.Checked("c1", new ImageCheck("app/web", "v1", "sha256:00", true, "")),
                new NodeMessage.Checking("c1", 1L << 33, 1L << 34),
                new NodeMessage.Ask("r1", "images", "", "app/web"),
                new NodeMessage.Acted("p1", NODE, "DONE", "It is done."),
                new NodeMessage.Paused(List.of("*")),
                new NodeMessage.Condition("the registry answered 503", ""));
        assertThat(messages).allSatisfy(message -> assertThat(codec.nodeMessage(codec.encode(message)))
                .isEqualTo(message));
    }

    @Test
    void masterMessagesComeThroughUnchanged() {
        Transfer transfer = new Transfer(
                "t1",
                "app/web",
                List.of(new BlobPart("sha256:01", 7, List.of("app/base"))),
                List.of(new ManifestPart("sha256:02", "application/json", new byte[] {1, -1, 0})),
                List.of(new TagPart("v1", "sha256:02", 9)),
                1 << 18,
                5,
                0);
        List<MasterMessage> messages = List.of(
                new MasterMessage.Members(List.of(PEER), List.of("0f")),
                new MasterMessage.Assign(transfer, Route.along(List.of(PEER), 5)),
                new MasterMessage.Reroute("t1", Route.root()),
                new MasterMessage.Reroute(
                        "t1",
                        new Route(List.of(new Route.Branch(List.of(PEER), 5), new Route.Branch(List.of(PEER), 0)))),
                new MasterMessage.Cancel("t1", "removed"),
                new MasterMessage.Measure("m1", MeasureMode.PING, List.of(PEER), List.of(), 5, 0),
                new MasterMessage.Check("c1", "app/web", "v1"),
                new MasterMessage.Check("c1", "app/web", "v1", true, 1L << 20),
                new MasterMessage.Hold(List.of("t1"), "It waits.", 60L),
                new MasterMessage.Granted("r1", "a.b.c", PEER),
                new MasterMessage.Refused("r1", "No rule."));
        assertThat(messages).allSatisfy(message -> assertThat(codec.masterMessage(codec.encode(message)))
                .isEqualTo(message));
        MasterMessage.Assign read = (MasterMessage.Assign) codec.masterMessage(codec.encode(messages.get(1)));
        assertThat(read.transfer().manifests().get(0).content()).containsExactly(1, -1, 0);
    }

    @Test
    void aHoldOfAnEarlierMasterHasNoTime() {
        assertThat(codec.masterMessage("{\"type\":\"hold\",\"transfers\":[\"t1\"],\"reason\":\"It waits.\"}"))
                .isEqualTo(new MasterMessage.Hold(List.of("t1"), "It waits."));
    }

    @Test
    void whatIsNoMessageIsRefusedWithASentence() {
        for (String text :
                List.of("", "{", "null", "[]", "{}", "{\"type\":\"hello\"}", "{\"type\":\"members\",\"members\":3}")) {
            assertThatThrownBy(() -> codec.masterMessage(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Tried to read");
        }
    }

    @Test
    void aMessageOfANewerReleaseIsToldFromNonsense() {
        assertThatThrownBy(() -> codec.nodeMessage("{\"type\":\"teleport\",\"to\":3}"))
                .isInstanceOfSatisfying(UnknownMessageException.class, newer -> assertThat(newer.name())
                        .isEqualTo("teleport"))
                .hasMessageContaining("update the older");
        assertThatThrownBy(() -> codec.nodeMessage("{\"type\":\"../x\"}"))
                .isNotInstanceOf(UnknownMessageException.class)
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anOlderNodesHelloSaysNothingOfPauses() {
        String older = "{\"type\":\"hello\",\"node\":{\"value\":\"a\"},\"version\":\"0\",\"host\":\"h\",\"port\":1,"
                + "\"registry\":\"r\",\"site\":\"\",\"transfers\":[]}";
        assertThat(codec.nodeMessage(older))
                .isEqualTo(new NodeMessage.Hello(NODE, "0", "h", 1, "r", "", NodeCapacity.NONE, List.of(), List.of()));
    }

    @Test
    void anOlderMastersCheckIsNotDeepAndAnOlderNodesAnswerHashedNothing() {
        String check = "{\"type\":\"check\",\"request\":\"c1\",\"repository\":\"app/web\",\"tag\":\"v1\"}";
        assertThat(codec.masterMessage(check)).isEqualTo(new MasterMessage.Check("c1", "app/web", "v1"));
        String checked =
                "{\"type\":\"checked\",\"request\":\"c1\",\"image\":{\"repository\":\"app/web\",\"tag\":\"v1\","
                        + "\"digest\":\"sha256:00\",\"complete\":true,\"problem\":\"\"}}";
        assertThat(codec.nodeMessage(checked))
                .isEqualTo(new NodeMessage.Checked("c1", new ImageCheck("app/web", "v1", "sha256:00", true, "")));
    }
}
