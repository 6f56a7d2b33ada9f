package io.espalier.kernel.launcher.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a profile file that concerns a run in the foreground; its plug-ins are the kernel's business.
 *
 * @param about commands whose output tells where everything is, run once when the kernel is ready
 * @param watch the command whose output is the live display, empty for none
 * @param finish the command that gives the closing verdict, empty for none
 */
record Profile(List<String> about, String watch, String finish) {
    Profile {
        about = List.copyOf(about);
        requireNonNull(watch, "watch is null");
        requireNonNull(finish, "finish is null");
    }

    static Profile read(Path file) throws IOException {
        List<String> about = new ArrayList<>();
        String watch = "";
        String finish = "";
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "about" -> {
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            about.add(json.getText());
                        }
                    }
                    case "watch" -> watch = json.getText();
                    case "finish" -> finish = json.getText();
                    default -> json.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new IOException("Tried to read the profile " + file + " but " + e.getMessage(), e);
        }
        return new Profile(about, watch, finish);
    }
}
