package io.espalier.registry.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.espalier.registry.auth.Access;
import io.espalier.registry.error.ErrorCode;
import io.espalier.registry.error.RegistryException;
import io.espalier.registry.http.Answer;
import io.espalier.registry.http.Call;
import io.espalier.registry.http.RegistryHttp;
import io.espalier.registry.name.RepositoryName;
import io.espalier.registry.name.TagName;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
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
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern NEXT =
            Pattern.compile("<([^<>]*)>[^<>]*;\\s*rel=\"?next\"?", Pattern.CASE_INSENSITIVE);
    private static final int MOST_PAGE_BYTES = 64 * 1024 * 1024;
    private static final int MOST_PAGES = 10_000;
    private static final int MOST_NAMES = 1_000_000;

    private final RegistryHttp http;
    private final Paths paths;

    Listings(RegistryHttp http, Paths paths) {
        this.http = http;
        this.paths = paths;
    }

    List<TagName> tags(RepositoryName repository) throws RegistryException {
        Call call = Call.of("GET", paths.tags(repository), Access.pull(repository), "read the tags of " + repository);
        Names<TagName> names = new Names<>(call, "tags", TagName::of);
        pages(call, MOST_PAGE_BYTES, names);
        return names.found();
    }

    List<RepositoryName> repositories() throws RegistryException {
        Call call = Call.of("GET", paths.catalog(), Access.catalog(), "read the list of repositories");
        Names<RepositoryName> names = new Names<>(call, "repositories", RepositoryName::of);
        // Without a list nobody could tell that there is none from that all are gone.
        pages(call, http.exchange(call, MOST_PAGE_BYTES, 200), MOST_PAGE_BYTES, names);
        return names.found();
    }

    /** Takes one page of a list. */
    @FunctionalInterface
    interface Page {
        void take(Answer page) throws RegistryException;
    }

    /** Reads all pages, first to last; none if the first answer is 404. A later one must be there, or the list would be cut. */
    void pages(Call first, int mostBytes, Page reader) throws RegistryException {
        Answer answer = http.exchange(first, mostBytes, 200, 404);
        if (answer.status() != 404) {
            pages(first, answer, mostBytes, reader);
        }
    }

    /** The same when the first page is there already. */
    void pages(Call first, Answer page, int mostBytes, Page reader) throws RegistryException {
        Set<URI> seen = new HashSet<>();
        Answer answer = page;
        while (seen.add(answer.uri())) {
            reader.take(answer);
            // A page that leads back to an earlier one would never end.
            Optional<Call> next =
                    next(first, answer).filter(uri -> !seen.contains(uri)).map(first::to);
            if (next.isEmpty()) {
                return;
            }
            if (seen.size() == MOST_PAGES) {
                throw tooLong(first, "more than " + MOST_PAGES + " pages");
            }
            answer = http.exchange(next.get(), mostBytes, 200);
        }
    }

    /** Reads the names below a field; what is no name that could be asked for is left out. */
    private static final class Names<T> implements Page {
        private final Call call;
        private final String field;
        private final Function<String, T> check;
        private final Set<T> found = new LinkedHashSet<>();

        Names(Call call, String field, Function<String, T> check) {
            this.call = call;
            this.field = field;
            this.check = check;
        }

        List<T> found() {
            return List.copyOf(found);
        }

        @Override
        public void take(Answer page) throws RegistryException {
            boolean list;
            try (JsonParser json = JSON.createParser(page.body())) {
                list = read(json);
            } catch (IOException e) {
                throw RegistryException.lasting(
                        ErrorCode.PROTOCOL, "The list at " + page.uri() + " is no JSON; is this a registry?", e);
            }
            if (!list) {
                throw RegistryException.lasting(
                        ErrorCode.PROTOCOL,
                        "The answer at " + page.uri() + " has no list '" + field + "'; is this a registry?");
            }
        }

        /** False when there is no such field; null counts as a list of none, as docker-registry means it. */
        private boolean read(JsonParser json) throws IOException, RegistryException {
            boolean list = false;
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = json.currentName().equals(field);
                JsonToken value = json.nextToken();
                list |= wanted && (value == JsonToken.START_ARRAY || value == JsonToken.VALUE_NULL);
                if (value == JsonToken.START_ARRAY && wanted) {
                    takeAll(json);
                } else {
                    json.skipChildren();
                }
            }
            return list;
        }

        private void takeAll(JsonParser json) throws IOException, RegistryException {
            for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
                if (token == null) {
                    throw new EOFException("the list has no end");
                }
                if (token == JsonToken.VALUE_STRING) {
                    add(json.getText());
                }
                json.skipChildren();
            }
        }

        private void add(String name) throws RegistryException {
            if (found.size() == MOST_NAMES) {
                throw tooLong(call, "more than " + MOST_NAMES + " names");
            }
            try {
                found.add(check.apply(name));
            } catch (IllegalArgumentException e) {
                // Nobody could have pushed it under this name.
            }
        }
    }

    private static RegistryException tooLong(Call call, String what) {
        return RegistryException.lasting(
                ErrorCode.TOO_LARGE,
                "Tried to " + call.purpose() + " but it has " + what
                        + ", which this client does not take; name what is to be replicated more narrowly.");
    }

    private static Optional<URI> next(Call call, Answer answer) throws RegistryException {
        Matcher link = NEXT.matcher(answer.header("Link").orElse(""));
        return link.find()
                ? Optional.of(RegistryHttp.resolve(call, answer, Optional.of(link.group(1))))
                : Optional.empty();
    }
}
