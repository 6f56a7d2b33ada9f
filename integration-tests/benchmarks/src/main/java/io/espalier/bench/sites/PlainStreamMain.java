package io.espalier.bench.sites;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends or receives zeros over one plain TCP connection; the receiver prints bytes per second from the first byte to the last. */
public final class PlainStreamMain {
    private PlainStreamMain() {}

    public static void main(String[] args) throws IOException {
        byte[] block = new byte[1 << 16];
        if (args[0].equals("send")) {
            try (ServerSocket server = new ServerSocket(Integer.parseInt(args[1]))) {
                System.out.println("listening");
                try (Socket socket = server.accept();
                        OutputStream out = socket.getOutputStream()) {
                    for (int i = 0; i < Integer.parseInt(args[2]) * 16; i++) {
                        out.write(block);
                    }
                }
            }
            return;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(args[1], Integer.parseInt(args[2])));
            InputStream in = socket.getInputStream();
            long bytes = in.read(block);
            long begin = System.nanoTime();
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                bytes += read;
            }
            System.out.println("rate " + bytes * 1e9 / (System.nanoTime() - begin));
        }
    }
}
