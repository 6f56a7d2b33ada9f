package io.espalier.database;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;

/**
 * Which database a plug-in keeps its state in.
 *
 * @param name what the database holds, as sentences and thread names call it, as {@code catalog}
 * @param url {@code jdbc:h2:}, {@code jdbc:postgresql:}, {@code jdbc:mariadb:} or {@code jdbc:mysql:}, without user and password
 * @param user empty for none
 * @param password never shown
 * @param besideScripts a class of the plug-in in whose package the migrations are; it is what finds them in an OSGi bundle
 * @param scripts file names of the migrations as Flyway reads them, {@code V1__streams.sql} and so on; a script that was released
 *     never changes. One of the same name in a folder {@code h2}, {@code postgresql} or {@code mariadb} takes its place there
 */
public record DatabaseSettings(
        String name, String url, String user, String password, Class<?> besideScripts, List<String> scripts) {
    public DatabaseSettings {
        requireNonNull(name, "name is null");
        requireNonNull(url, "url is null");
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
        requireNonNull(besideScripts, "besideScripts is null");
        scripts = List.copyOf(scripts);
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "name is '" + name + "'; use lower-case letters, digits and '-', a letter first.");
        }
        for (String script : scripts) {
            if (besideScripts.getResource(script) == null) {
                throw new IllegalArgumentException("scripts names " + script + ", but there is no such file beside "
                        + besideScripts.getName() + ".");
            }
        }
    }

    /** Of a database that asks for no user, as an H2 file. */
    public DatabaseSettings(String name, String url, Class<?> besideScripts, List<String> scripts) {
        this(name, url, "", "", besideScripts, scripts);
    }

    /** The URL of the H2 file {@code NAME.mv.db} in a folder. */
    public static String fileUrl(Path folder, String name) {
        return "jdbc:h2:file:" + folder.toAbsolutePath().resolve(name);
    }

    /** Without the password, and without the parameters of the URL. */
    @Override
    public String toString() {
        String shown = DatabaseKind.of(url).map(kind -> kind.shown(url)).orElse("an unknown kind of database");
        return "DatabaseSettings[name=" + name + ", url=" + shown + ", user=" + user + "]";
    }
}
