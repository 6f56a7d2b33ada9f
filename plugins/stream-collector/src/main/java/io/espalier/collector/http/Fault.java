package io.espalier.collector.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an error answer says: {@code {"code":"UPPER_SNAKE","message":"sentence"}}, with the refused records' indexes in
 * {@code record} or {@code records} where records are at fault.
 */
record Fault(String code, String message, List<Integer> records) {
    private static final int LONGEST_MESSAGE = 500;

    Fault {
        records = List.copyOf(records);
    }

    /** Reads an answer's body, whatever it is. */
    static Fault read(ObjectMapper json, int status, byte[] body) {
        JsonNode node;
        try {
            node = json.readTree(body);
        } catch (IOException e) {
            return unknown(status);
        }
        if (node == null || !node.path("code").isTextual()) {
            return unknown(status);
        }
        return new Fault(
                node.path("code").asText(), shorten(node.path("message").asText()), records(node));
    }

    private static Fault unknown(int status) {
        return new Fault("HTTP_" + status, "The answer was " + status + " without a reason.", List.of());
    }

    private static List<Integer> records(JsonNode node) {
        List<Integer> records = new ArrayList<>();
        if (node.path("record").isInt()) {
            records.add(node.path("record").asInt());
        }
        for (JsonNode record : node.path("records")) {
            if (record.isInt()) {
                records.add(record.asInt());
            }
        }
        return records;
    }

    private static String shorten(String message) {
        String oneLine = message.replaceAll("\\p{Cntrl}", " ");
        return oneLine.length() <= LONGEST_MESSAGE ? oneLine : oneLine.substring(0, LONGEST_MESSAGE) + "...";
    }
}
