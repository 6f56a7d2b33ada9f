package io.espalier.registry.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.registry.auth.Access;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists tags and repositories, page by page. */
final class Listings {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NEXT =
            Pattern.compile("<([^<>]*)>[^<>]*;\\s*rel=\"?next\"?", Pattern.CASE_INSENSITIVE);
    private static final int MOST_PAGE_BYTES = 64 * 1024 * 1024;
    private static final int MOST_PAGES = 10_000;

    private final RegistryHttp http;
    private final Paths paths;

    Listings(RegistryHttp http, Paths paths) {
        this.http = http;
        this.paths = paths;
    }

    List<TagName> tags(RepositoryName repository) throws RegistryException {
        Call call = Call.of("GET", paths.tags(repository), Access.pull(repository), "read the tags of " + repository);
        return valid(entries(call, "tags"), TagName::of);
    }

    List<RepositoryName> repositories() throws RegistryException {
        Call call = Call.of("GET", paths.catalog(), Access.catalog(), "read the list of repositories");
        return valid(entries(call, "repositories"), RepositoryName::of);
    }

    /** Takes one page of a list. */
    @FunctionalInterface
    interface Page {
        void take(Answer page) throws RegistryException;
    }

    /** Reads all pages, first to last; none if the first answer is 404. */
    void pages(Call first, int mostBytes, Page reader) throws RegistryException {
        Set<URI> seen = new HashSet<>();
        Optional<Call> next = Optional.of(first);
        while (next.isPresent() && seen.size() < MOST_PAGES) {
            Answer answer = http.exchange(next.get(), mostBytes, 200, 404);
            if (answer.status() == 404) {
                return;
            }
            seen.add(answer.uri());
            reader.take(answer);
            // A page that leads back to an earlier one would never end.
            next = next(first, answer).filter(uri -> !seen.contains(uri)).map(first::to);
        }
    }

    private List<JsonNode> entries(Call first, String field) throws RegistryException {
        List<JsonNode> found = new ArrayList<>();
        pages(first, MOST_PAGE_BYTES, page -> parse(page).path(field).forEach(found::add));
        return found;
    }

    private static Optional<URI> next(Call call, Answer answer) throws RegistryException {
        Matcher link = NEXT.matcher(answer.header("Link").orElse(""));
        return link.find()
                ? Optional.of(RegistryHttp.resolve(call, answer, Optional.of(link.group(1))))
                : Optional.empty();
    }

    private static JsonNode parse(Answer answer) throws RegistryException {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw RegistryException.lasting(
                    ErrorCode.PROTOCOL, "The list at " + answer.uri() + " is no JSON; is this a registry?", e);
        }
    }

    private static <T> List<T> valid(List<JsonNode> names, Function<String, T> check) {
        Set<T> found = new LinkedHashSet<>();
        for (JsonNode name : names) {
            try {
                // Null and numbers become the empty name, which is none.
                found.add(check.apply(name.isTextual() ? name.asText() : ""));
            } catch (IllegalArgumentException e) {
                // No name that could be asked for.
            }
        }
        return List.copyOf(found);
    }
}
