package io.espalier.registry.error;

/** Why a registry call failed. */
public enum ErrorCode {
    /** Credentials are missing or wrong (401). */
    UNAUTHORIZED,
    /** The credentials are right but do not allow this (403, or a token with less than was asked for). */
    DENIED,
    /** There is no such repository, manifest, blob or upload (404). */
    NOT_FOUND,
    /** Larger than the registry, a proxy before it, or this client allows (413). */
    TOO_LARGE,
    /** The registry asks for a pause longer than this client may wait (429). */
    RATE_LIMITED,
    /** Bytes do not hash to the digest that names them. */
    DIGEST_MISMATCH,
    /** More or fewer bytes than announced. */
    SIZE_MISMATCH,
    /** A manifest that is no JSON, or breaks the rules of its media type. */
    MANIFEST_INVALID,
    /** A kind of manifest that this client does not replicate, as Docker schema 1. */
    UNSUPPORTED_MANIFEST,
    /** The registry refused a manifest because blobs or children of it are missing there. */
    CONTENT_MISSING,
    /** The registry does not offer this, as deleting where that is switched off (405). */
    UNSUPPORTED,
    /** Another answer of 4xx. */
    REFUSED,
    /** No connection, or it broke, or no answer in time. */
    UNREACHABLE,
    /** The registry's certificate is not issued by an authority that is trusted. */
    UNTRUSTED,
    /** A redirect that must not be followed: into plain HTTP, in circles, or without a place to go. */
    REDIRECT_REFUSED,
    /** The registry failed (5xx). */
    SERVER_ERROR,
    /** An answer that the protocol does not know. */
    PROTOCOL,
    /** What should have been sent could not be read. */
    SOURCE_FAILED,
    /** The calling thread was interrupted; its flag is set again. */
    INTERRUPTED,
    /** The client is closed. */
    CLOSED
}
