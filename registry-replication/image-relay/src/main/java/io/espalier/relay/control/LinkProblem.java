package io.espalier.relay.control;

import io.espalier.relay.protocol.RefusedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Says in a sentence why the master could not be reached or what it answered. */
final class LinkProblem {
    private LinkProblem() {}

    static String sentence(String what, MasterAddress master, Throwable failure) {
        return "Tried to " + what + " the master " + master + " but " + why(failure) + "; trying again.";
    }

    private static String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return "its certificate is not accepted: " + bare(cause);
            }
        }
        if (failure instanceof UpgradeRejectedException rejected) {
            return "it answered with status " + rejected.getStatus() + ": " + message(rejected.getBody());
        }
        if (failure instanceof UnknownHostException) {
            return "its name is not known to the DNS; check the setting 'master'";
        }
        if (failure instanceof ConnectException) {
            return "nothing answers there: " + bare(failure);
        }
        if (failure instanceof TimeoutException) {
            return "it did not answer in time";
        }
        return "it ended the connection before it answered; it may not be ready yet, or does not accept this node's certificate: a"
                + " node that was removed needs a new join token. Or this is not the master's relay port, 8490 unless set";
    }

    /** What makes two failures the same to whoever reads the log; the words of the system differ from try to try. */
    static String kind(Throwable failure) {
        if (failure instanceof UpgradeRejectedException rejected) {
            return rejected.getStatus() + " " + message(rejected.getBody());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return "certificate";
            }
        }
        return turnedAway(failure) ? "turned away" : failure.getClass().getName();
    }

    /** Whether the master may not trust this node's certificate: what TLS says then comes as an alert, or as a mere end. */
    static boolean turnedAway(Throwable failure) {
        return !(failure instanceof UpgradeRejectedException
                || failure instanceof UnknownHostException
                || failure instanceof ConnectException
                || failure instanceof TimeoutException
                || failure instanceof CertificateException);
    }

    private static String bare(Throwable failure) {
        String message = failure.getMessage();
        return (message == null ? failure.getClass().getSimpleName() : message).replaceAll("[.;]\\s*$", "");
    }

    private static String message(@Nullable Buffer body) {
        try {
            String message = body == null ? null : body.toJsonObject().getString("message");
            return message == null ? "no reason given" : message.replaceAll("[.;]\\s*$", "");
        } catch (DecodeException | ClassCastException foreign) {
            return "it may be no Espalier master";
        }
    }

    /** The refusal in an answer's body; empty when it is none. */
    static Optional<RefusedException> refusal(@Nullable Buffer body) {
        try {
            JsonObject json = body == null ? new JsonObject() : body.toJsonObject();
            RefusedException.Code code = RefusedException.Code.valueOf(json.getString("code", ""));
            return Optional.of(new RefusedException(code, json.getString("message", "")));
        } catch (DecodeException | IllegalArgumentException | ClassCastException foreign) {
            return Optional.empty();
        }
    }
}
