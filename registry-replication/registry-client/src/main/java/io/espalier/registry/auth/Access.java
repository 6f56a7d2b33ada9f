package io.espalier.registry.auth;

import io.espalier.registry.name.RepositoryName;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a token is wanted for: scopes as {@code repository:team/app:pull}, sorted, none for the bare log-in. */
public record Access(SortedSet<String> scopes) {
    public Access {
        scopes = Collections.unmodifiableSortedSet(new TreeSet<>(scopes));
    }

    public static Access none() {
        return of(List.of());
    }

    public static Access pull(RepositoryName repository) {
        return of(List.of("repository:" + repository + ":pull"));
    }

    public static Access push(RepositoryName repository) {
        return of(List.of("repository:" + repository + ":pull,push"));
    }

    public static Access delete(RepositoryName repository) {
        return of(List.of("repository:" + repository + ":delete,pull,push"));
    }

    public static Access mount(RepositoryName to, RepositoryName from) {
        return push(to).and(pull(from).scopes());
    }

    public static Access catalog() {
        return of(List.of("registry:catalog:*"));
    }

    /** The same with more scopes. */
    public Access and(Collection<String> more) {
        TreeSet<String> all = new TreeSet<>(scopes);
        all.addAll(more);
        return new Access(all);
    }

    /** Whether each of these scopes is asked for here, action by action. */
    public boolean covers(Collection<String> wanted) {
        return wanted.stream().allMatch(scope -> scopes.stream().anyMatch(own -> covers(own, scope)));
    }

    private static boolean covers(String own, String wanted) {
        int ownEnd = own.lastIndexOf(':');
        int wantedEnd = wanted.lastIndexOf(':');
        if (ownEnd < 0 || wantedEnd < 0 || !own.substring(0, ownEnd).equals(wanted.substring(0, wantedEnd))) {
            return own.equals(wanted);
        }
        return actions(own, ownEnd).containsAll(actions(wanted, wantedEnd));
    }

    private static List<String> actions(String scope, int colon) {
        return List.of(scope.substring(colon + 1).split(",", -1));
    }

    private static Access of(List<String> scopes) {
        return new Access(new TreeSet<>(scopes));
    }
}
