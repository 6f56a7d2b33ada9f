package io.espalier.relay.transfer;

/** The transfer is cancelled or superseded, or the engine closes: its work ends here, and that is no failure. */
final class JobStopped extends Exception {
    private static final long serialVersionUID = 1L;

    JobStopped(String reason) {
        super(reason);
    }
}
