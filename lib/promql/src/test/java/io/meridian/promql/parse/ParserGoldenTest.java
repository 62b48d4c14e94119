package io.meridian.promql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonWriter;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Texts of a real Prometheus, word for word.
class ParserGoldenTest {
    private static final List<String> FILES =
            List.of("examples", "errors", "api", "annotations", "numbers", "compliance-range", "compliance-instant");

    private static List<Map<String, @Nullable Object>> rows(String file) {
        return Shared.jsonLines(Shared.require("golden/query/" + file + ".jsonl.gz"));
    }

    private static ParserOptions options(Map<String, @Nullable Object> row) {
        return "all".equals(row.get("flags")) ? ParserOptions.ALL : ParserOptions.DEFAULT;
    }

    private static @Nullable String parameter(Map<String, @Nullable Object> row, String name) {
        for (Object pair : Json.asArray(row.get("params"), "params")) {
            List<@Nullable Object> values = Json.asArray(pair, "parameter");
            if (name.equals(values.getFirst())) {
                return Json.asString(values.getLast(), name);
            }
        }
        return null;
    }

    private static boolean isQuery(String path) {
        return path.endsWith("/query")
                || path.endsWith("/query_range")
                || path.endsWith("/parse_query")
                || path.endsWith("/format_query");
    }

    @Test
    void parse_goldenQueries_sameErrors() {
        var softly = new SoftAssertions();
        int count = 0;
        for (String file : FILES) {
            for (Map<String, @Nullable Object> row : rows("answers/" + file)) {
                boolean query = isQuery(Json.asString(row.get("path"), "path"));
                String text = parameter(row, query ? "query" : "match[]");
                if (text != null && row.get("body") instanceof String body && body.startsWith("{\"status\"")) {
                    count += compare(softly, row, text, body, query);
                }
            }
        }
        softly.assertAll();
        assertThat(count).isGreaterThan(2_000);
    }

    private static int compare(
            SoftAssertions softly, Map<String, @Nullable Object> row, String text, String body, boolean query) {
        Object error = Json.parseObject(body).get("error");
        boolean parseError = error instanceof String message && message.contains("parse error");
        if (!parseError && body.contains("bad_data")) {
            return 0;
        }
        String expected = parseError
                ? String.valueOf(error)
                        .replace("invalid parameter \"query\": ", "")
                        .replace("invalid parameter \"match[]\": ", "")
                : null;
        String actual = null;
        try {
            if (query) {
                Parser.parse(text, options(row));
            } else {
                Parser.parseSelector(text);
            }
        } catch (ParseException e) {
            actual = e.getMessage();
        }
        softly.assertThat(actual).as(text).isEqualTo(expected);
        return 1;
    }

    @Test
    void printAndJson_goldenAnswers_sameText() {
        var softly = new SoftAssertions();
        int count = 0;
        for (String file : List.of("examples", "errors", "api")) {
            for (Map<String, @Nullable Object> row : rows("answers/" + file)) {
                String path = Json.asString(row.get("path"), "path");
                String query = parameter(row, "query");
                boolean format = path.endsWith("/format_query");
                boolean relevant = format || path.endsWith("/parse_query");
                if (!relevant
                        || query == null
                        || !(row.get("body") instanceof String body)
                        || !body.startsWith("{\"status\":\"success\"")) {
                    continue;
                }
                Expr expr = Parser.parse(query, options(row));
                var data = new StringBuilder();
                if (format) {
                    JsonWriter.appendString(data, PrettyPrinter.print(expr));
                } else {
                    data.append(AstJson.write(expr));
                }
                softly.assertThat("{\"status\":\"success\",\"data\":" + data + "}")
                        .as(query)
                        .isEqualTo(body);
                count++;
            }
        }
        softly.assertAll();
        assertThat(count).isGreaterThan(300);
    }

    @Test
    void parse_exampleQueries_sameTypeOrError() throws IOException {
        var softly = new SoftAssertions();
        String text = Files.readString(Shared.require("conformance/example-queries.json"));
        for (Object entry : Json.asArray(Json.parseObject(text).get("queries"), "queries")) {
            var example = Json.asObject(entry, "query");
            String query = Json.asString(example.get("query"), "query");
            String expected;
            if (Boolean.TRUE.equals(example.get("valid"))) {
                expected = Json.asString(example.get("type"), "type");
            } else {
                var error = Json.asObject(example.get("error"), "error");
                expected = error.get("line") + ":" + error.get("column") + ": parse error: " + error.get("message");
            }
            softly.assertThat(outcome(query)).as(query).isEqualTo(expected);
        }
        softly.assertAll();
    }

    private static @Nullable String outcome(String query) {
        try {
            return switch (Parser.parse(query, ParserOptions.DEFAULT).type()) {
                case SCALAR -> "scalar";
                case STRING -> "string";
                case VECTOR -> "vector";
                case MATRIX -> "matrix";
            };
        } catch (ParseException e) {
            return e.getMessage();
        }
    }

    @Test
    void print_randomQueries_readBackAsTheSameTree() {
        int count = 0;
        for (Map<String, @Nullable Object> row : rows("fuzz")) {
            String query = parameter(row, "query");
            boolean rejected = row.get("body") instanceof String body && body.contains("parse error");
            if (query != null && !rejected) {
                RoundTrip.check(query, Parser.parse(query, ParserOptions.ALL));
                count++;
            }
        }
        assertThat(count).isGreaterThan(3_900);
    }
}
