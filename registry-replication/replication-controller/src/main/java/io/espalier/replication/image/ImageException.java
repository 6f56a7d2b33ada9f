package io.espalier.replication.image;

import static java.util.Objects.requireNonNull;

import io.espalier.registry.error.RegistryException;
import org.jspecify.annotations.Nullable;

/** An image cannot be sent; the message is a sentence that names the image and the reason. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why, for programs. */
    public enum Code {
        /** There is no such tag or digest. */
        NOT_FOUND,
        /** The registry did not answer or refused; trying again may help. */
        UNREADABLE,
        /** The image itself is wrong, incomplete, or of a kind that is not sent; only a new push helps. */
        REFUSED
    }

    private final Code code;

    public ImageException(Code code, String sentence, @Nullable Throwable cause) {
        super(requireNonNull(sentence, "sentence is null"), cause);
        this.code = requireNonNull(code, "code is null");
    }

    public static ImageException refused(String sentence) {
        return new ImageException(Code.REFUSED, sentence, null);
    }

    /** What the registry's client says, with the image's name before it. */
    public static ImageException of(ImageName image, RegistryException e) {
        String sentence = "Image " + image + ": " + e.getMessage();
        return switch (e.code()) {
            case DIGEST_MISMATCH, SIZE_MISMATCH, MANIFEST_INVALID, UNSUPPORTED_MANIFEST, TOO_LARGE ->
                new ImageException(Code.REFUSED, sentence, e);
            default -> new ImageException(Code.UNREADABLE, sentence, e);
        };
    }

    public Code code() {
        return code;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
