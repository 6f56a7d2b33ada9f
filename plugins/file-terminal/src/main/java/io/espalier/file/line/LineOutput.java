package io.espalier.file.line;

import java.io.IOException;

/** Where an encoder's bytes go. */
public interface LineOutput {
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Takes a text of ASCII characters only. */
    void ascii(String text) throws IOException;
}
