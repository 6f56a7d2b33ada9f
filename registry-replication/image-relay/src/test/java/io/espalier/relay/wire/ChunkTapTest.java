package io.espalier.relay.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkTapTest {
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CONTINUATION = 0;
    private static final int PING = 9;
    private static final int MOST = 200_000;

    private final Messages messages = new Messages();
    private final ChunkTap tap = new ChunkTap(messages, MOST);
    private final EmbeddedChannel channel = new EmbeddedChannel(tap);
    private final ByteBuf stream = Unpooled.buffer();

    /** Keeps binary messages. */
    private static final class Messages implements ChunkTap.Taker {
        private final List<byte[]> whole = new ArrayList<>();
        private ByteArrayOutputStream open = new ByteArrayOutputStream();
        private int room = Integer.MAX_VALUE;

        @Override
        public boolean hasRoom() {
            return room > 0;
        }

        @Override
        public void begin() {
            room--;
            open = new ByteArrayOutputStream();
        }

        @Override
        public void add(ByteBuf from, int bytes) {
            byte[] part = new byte[bytes];
            from.readBytes(part);
            open.writeBytes(part);
        }

        @Override
        public void end() {
            whole.add(open.toByteArray());
        }
    }

    @AfterEach
    void close() {
        stream.release();
        channel.finishAndReleaseAll();
    }

    private byte[] frame(int opcode, boolean last, int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        stream.writeByte((last ? 0x80 : 0) | opcode);
        if (length < 126) {
            stream.writeByte(length);
        } else if (length < 1 << 16) {
            stream.writeByte(126).writeShort(length);
        } else {
            stream.writeByte(127).writeLong(length);
        }
        stream.writeBytes(payload);
        return payload;
    }

    private void arrive(int pieces) {
        while (stream.isReadable()) {
            channel.writeInbound(stream.readBytes(Math.min(pieces, stream.readableBytes())));
        }
    }

    private byte[] passed() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            byte[] part = new byte[next.readableBytes()];
            next.readBytes(part).release();
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 16_384, 1 << 20})
    void messagesComeWholeHoweverTheBytesAreCut(int pieces) {
        byte[] small = frame(BINARY, true, 5);
        byte[] first = frame(BINARY, false, 125);
        byte[] second = frame(CONTINUATION, false, 126);
        byte[] none = frame(CONTINUATION, false, 0);
        byte[] third = frame(CONTINUATION, true, 70_000);
        byte[] empty = frame(BINARY, true, 0);
        byte[] end = frame(BINARY, true, 65_535);

        arrive(pieces);

        assertThat(messages.whole)
                .usingElementComparator(Arrays::compare)
                .containsExactly(small, join(first, second, none, third), empty, end);
        assertThat(passed()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 1 << 20})
    void textsAndPingsPassUnchangedAlsoBetweenTheFramesOfAMessage(int pieces) {
        frame(TEXT, false, 200);
        frame(CONTINUATION, true, 3);
        byte[] texts = bytes();
        byte[] first = frame(BINARY, false, 1000);
        int before = stream.writerIndex();
        frame(PING, true, 4);
        byte[] ping = new byte[stream.writerIndex() - before];
        stream.getBytes(before, ping);
        byte[] second = frame(CONTINUATION, true, 1000);

        arrive(pieces);

        assertThat(messages.whole).usingElementComparator(Arrays::compare).containsExactly(join(first, second));
        assertThat(passed()).isEqualTo(join(texts, ping));
    }

    private byte[] bytes() {
        byte[] all = new byte[stream.readableBytes()];
        stream.getBytes(stream.readerIndex(), all);
        return all;
    }

    @Test
    void withoutRoomNothingMoreIsReadUntilThereIsSome() {
        messages.room = 1;
        byte[] one = frame(BINARY, true, 300);
        byte[] two = frame(BINARY, true, 400);
        byte[] three = frame(BINARY, true, 500);

        arrive(250);

        assertThat(messages.whole).hasSize(1);
        assertThat(channel.config().isAutoRead()).isFalse();
        messages.room = 2;
        tap.resume();
        assertThat(messages.whole).usingElementComparator(Arrays::compare).containsExactly(one, two, three);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void aFrameThatIsTooLongOrMaskedIsLeftToTheDecoder() {
        byte[] good = frame(BINARY, true, 10);
        int before = stream.writerIndex();
        frame(BINARY, true, MOST + 1);
        frame(BINARY, true, 10);
        byte[] rest = new byte[stream.writerIndex() - before];
        stream.getBytes(before, rest);

        arrive(1000);

        assertThat(messages.whole).usingElementComparator(Arrays::compare).containsExactly(good);
        assertThat(passed()).isEqualTo(rest);
    }

    @Test
    void aContinuationOfNothingIsLeftToTheDecoder() {
        frame(CONTINUATION, true, 10);
        byte[] all = bytes();

        arrive(1000);

        assertThat(messages.whole).isEmpty();
        assertThat(passed()).isEqualTo(all);
    }

    @Test
    void whatWaitsIsGivenBackWhenTheLinkEnds() {
        messages.room = 0;
        ByteBuf bytes = Unpooled.buffer().writeByte(0x82).writeByte(1).writeByte(7);
        channel.writeInbound(bytes);
        assertThat(bytes.refCnt()).isEqualTo(1);

        channel.close().syncUninterruptibly();

        assertThat(bytes.refCnt()).isZero();
    }
}
