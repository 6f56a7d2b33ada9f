package io.espalier.relay.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes of binary messages out of a WebSocket's stream (RFC 6455, section 5.2) before its frames are decoded, so that they
 * are copied once, from what TLS deciphered to where they stay. All else passes: texts, pings, the end, and whatever is no right
 * frame of a server, for the decoder to refuse. When there is no room, nothing more is read from the link; what had been read waits
 * here, some records at most. For the event loop.
 */
final class ChunkTap extends ChannelInboundHandlerAdapter {
    private static final int OPCODE = 0x0f;
    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int LAST = 0x80;
    private static final int RESERVED = 0x70;
    private static final int LENGTH = 0x7f;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MOST_HEAD_BYTES = 10;

    private final Taker taker;
    private final long mostFrameBytes;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private final byte[] head = new byte[MOST_HEAD_BYTES];
    private @Nullable ChannelHandlerContext context;
    private int headBytes;
    private boolean inPayload;
    private boolean mayBegin;
    private boolean taking;
    private boolean binaryOpen;
    private boolean refused;
    private long left;
    private boolean draining;
    private boolean paused;

    /** Where the binary messages go. */
    interface Taker {
        /** Whether a message may begin now. */
        boolean hasRoom();

        void begin();

        /** Reads so many bytes. */
        void add(ByteBuf from, int bytes);

        void end();
    }

    /** @param mostFrameBytes longer frames are left to the decoder, which refuses them */
    ChunkTap(Taker taker, long mostFrameBytes) {
        this.taker = taker;
        this.mostFrameBytes = mostFrameBytes;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        waiting.add(bytes);
        drain(ctx);
    }

    /** Goes on when there is room again. */
    void resume() {
        ChannelHandlerContext ctx = context;
        if (ctx != null && !ctx.isRemoved()) {
            drain(ctx);
        }
    }

    private void drain(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        try {
            for (ByteBuf next = waiting.peek(); next != null; next = waiting.peek()) {
                if (!parsed(ctx, next)) {
                    paused = true;
                    ctx.channel().config().setAutoRead(false);
                    return;
                }
                waiting.remove();
                next.release();
            }
            if (paused) {
                paused = false;
                ctx.channel().config().setAutoRead(true);
            }
        } finally {
            draining = false;
        }
    }

    /** Answers whether all was used; false when there is no room. */
    private boolean parsed(ChannelHandlerContext ctx, ByteBuf bytes) {
        while (bytes.isReadable() || (inPayload && left == 0)) {
            if (refused) {
                ctx.fireChannelRead(bytes.readRetainedSlice(bytes.readableBytes()));
                return true;
            }
            if (!inPayload) {
                head[headBytes++] = bytes.readByte();
                if (headBytes >= 2 && headBytes == headLength()) {
                    beginFrame(ctx);
                }
            } else if (!payload(ctx, bytes)) {
                return false;
            }
        }
        return true;
    }

    private int headLength() {
        return switch (head[1] & LENGTH) {
            case TWO_BYTES -> 4;
            case EIGHT_BYTES -> 10;
            default -> 2;
        };
    }

    private long length() {
        int bytes = headLength() - 2;
        long length = bytes == 0 ? head[1] & LENGTH : 0;
        for (int i = 0; i < bytes; i++) {
            length = (length << 8) | (head[2 + i] & 0xff);
        }
        return length;
    }

    private void beginFrame(ChannelHandlerContext ctx) {
        int opcode = head[0] & OPCODE;
        left = length();
        boolean masked = (head[1] & 0x80) != 0;
        taking = opcode == BINARY || (opcode == CONTINUATION && binaryOpen);
        if (taking && ((head[0] & RESERVED) != 0 || masked || left < 0 || left > mostFrameBytes)) {
            refused = true;
            taking = false;
        }
        mayBegin = opcode == BINARY;
        inPayload = true;
        if (!taking) {
            ctx.fireChannelRead(Unpooled.copiedBuffer(head, 0, headBytes));
        }
        headBytes = 0;
    }

    private boolean payload(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (taking && mayBegin) {
            if (!taker.hasRoom()) {
                return false;
            }
            taker.begin();
            mayBegin = false;
            binaryOpen = true;
        }
        int part = (int) Math.min(left, bytes.readableBytes());
        left -= part;
        if (taking) {
            taker.add(bytes, part);
        } else if (part > 0) {
            ctx.fireChannelRead(bytes.readRetainedSlice(part));
        }
        if (left == 0) {
            inPayload = false;
            if (taking && (head[0] & LAST) != 0) {
                binaryOpen = false;
                taker.end();
            }
        }
        return true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        clear();
    }

    private void clear() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }
}
