package io.espalier.database;

import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Tells a server that is away from one that refuses. */
final class Outage {
    /**
     * Of PostgreSQL (its appendix A): the server is stopped by an operator, crashed, starts, or has no connection left; and of
     * MariaDB: the connection was killed, as by a server that stops.
     */
    private static final Set<String> STATES = Set.of("57P01", "57P02", "57P03", "53300", "70100");
    /** Class 08 of SQL states is about connections. */
    private static final String CONNECTION = "08";
    /** The server said no: the protocol or the host is refused. */
    private static final List<String> REFUSALS = List.of("08004", "08P01");

    /** Of MariaDB: too many connections, too many of this user, shut down, read-only while another server takes over. */
    private static final Set<Integer> CODES = Set.of(1040, 1203, 1053, 1290, 1836);

    private Outage() {}

    /** Whether the same may work later without anybody changing a setting. */
    static boolean isIt(SQLException failed) {
        if (isDistrusted(failed)) {
            return false;
        }
        String state = String.valueOf(failed.getSQLState());
        return failed instanceof SQLTransientConnectionException
                || failed instanceof SQLRecoverableException
                || (state.startsWith(CONNECTION) && !REFUSALS.contains(state))
                || STATES.contains(state)
                || CODES.contains(failed.getErrorCode())
                || hasTimedOut(failed);
    }

    /** Whether the server's certificate is not what the URL wants. */
    static boolean isDistrusted(@Nullable Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof SSLPeerUnverifiedException || saysSo(cause)) {
                return true;
            }
        }
        return false;
    }

    /** MariaDB's driver has no cause for it. */
    private static boolean saysSo(Throwable failed) {
        return failed instanceof SQLException
                && String.valueOf(failed.getMessage()).contains("certificates.");
    }

    /** Whether no answer came in time. */
    static boolean hasTimedOut(@Nullable Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
