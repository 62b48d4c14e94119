package io.meridian.querier.http;

import io.meridian.querier.json.JsonOutput;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.util.List;

/// What every answer of the API is wrapped in.
final class Envelope {
    private static final String JSON = "application/json";

    private Envelope() {}

    /// Writes the `data` of an answer.
    @FunctionalInterface
    interface Data {
        void write(JsonOutput out) throws IOException;
    }

    /// Warnings and infos of an answer.
    ///
    /// @param incomplete whether a warning says that data is missing, so that no cache may keep the answer
    record Annotations(List<String> warnings, List<String> infos, boolean incomplete) {
        static final Annotations NONE = new Annotations(List.of(), List.of(), false);

        static Annotations incomplete(List<String> warnings) {
            return new Annotations(warnings, List.of(), !warnings.isEmpty());
        }
    }

    static void success(Exchange exchange, Data data) throws IOException {
        success(exchange, data, Annotations.NONE);
    }

    static void success(Exchange exchange, Data data, Annotations annotations) throws IOException {
        if (annotations.incomplete()) {
            exchange.setHeader("Cache-Control", "no-store");
        }
        try (var stream = exchange.stream(200, JSON)) {
            var out = new JsonOutput(stream);
            out.raw("{\"status\":\"success\",\"data\":");
            data.write(out);
            list(out, "warnings", annotations.warnings());
            list(out, "infos", annotations.infos());
            out.raw('}');
            out.flush();
        }
    }

    private static void list(JsonOutput out, String name, List<String> texts) throws IOException {
        if (!texts.isEmpty()) {
            out.raw(",\"").raw(name).raw("\":");
            strings(out, texts);
        }
    }

    static void strings(JsonOutput out, List<String> texts) throws IOException {
        out.raw('[');
        for (int i = 0; i < texts.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.string(texts.get(i));
        }
        out.raw(']');
    }

    static void failure(Exchange exchange, ApiException failure) throws IOException {
        exchange.setHeader("Cache-Control", "no-store");
        try (var stream = exchange.stream(failure.type().status(), JSON)) {
            var out = new JsonOutput(stream);
            String message = failure.getMessage();
            out.raw("{\"status\":\"error\",\"errorType\":\"").raw(failure.type().text());
            out.raw("\",\"error\":").string(message == null ? "" : message);
            out.raw('}');
            out.flush();
        }
    }
}
