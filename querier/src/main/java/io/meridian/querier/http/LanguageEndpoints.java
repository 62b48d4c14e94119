package io.meridian.querier.http;

import io.meridian.model.GoQuote;
import io.meridian.promql.parse.AstJson;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.ParseException;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.parse.ParserOptions;
import io.meridian.promql.parse.PrettyPrinter;
import io.meridian.server.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What can be said of a query without data: `/api/v1/format_query` and `/api/v1/parse_query`.
record LanguageEndpoints(ParserOptions options) {
    void format(Exchange exchange) throws IOException {
        String text = PrettyPrinter.print(parse(exchange));
        Envelope.success(exchange, out -> out.string(text));
    }

    void tree(Exchange exchange) throws IOException {
        byte[] json = withoutLoneSurrogates(AstJson.write(parse(exchange))).getBytes(StandardCharsets.UTF_8);
        Envelope.success(exchange, out -> out.raw(json));
    }

    /// Bytes of strings that are not UTF-8 are shown as the replacement character.
    private static String withoutLoneSurrogates(String json) {
        var out = new StringBuilder(json.length());
        json.codePoints().forEach(point -> {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                out.append("\\ufffd");
            } else {
                out.appendCodePoint(point);
            }
        });
        return out.toString();
    }

    private Expr parse(Exchange exchange) {
        try {
            return Parser.parse(exchange.parameter("query"), options);
        } catch (ParseException e) {
            throw ApiException.invalidParameter("query", String.valueOf(e.getMessage()));
        }
    }

    /// `query_exemplars`: no source of ours keeps exemplars, so the answer is empty once the request makes sense.
    void exemplars(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        GoTime start = parameters.time("start", GoTime.MIN);
        GoTime end = parameters.time("end", GoTime.MAX);
        if (end.isBefore(start)) {
            throw ApiException.badData("end timestamp must not be before start timestamp");
        }
        Expr query;
        try {
            query = Parser.parse(parameters.text("query"), options);
        } catch (ParseException e) {
            throw ApiException.badData(String.valueOf(e.getMessage()));
        }
        if (Selectors.isEmpty(query)) {
            exchange.respond(204);
        } else {
            Envelope.success(exchange, out -> out.raw("[]"));
        }
    }

    /// `rules`: no source of ours evaluates rules.
    void rules(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        String type = parameters.text("type");
        if (!type.isEmpty() && !type.equals("alert") && !type.equals("record")) {
            throw ApiException.invalidParameter("type", "not supported value " + GoQuote.quote(type));
        }
        for (String selector : parameters.all("match[]")) {
            try {
                Parser.parseSelector(selector);
            } catch (ParseException e) {
                throw ApiException.badData(String.valueOf(e.getMessage()));
            }
        }
        requireSense(parameters);
        Envelope.success(exchange, out -> out.raw("{\"groups\":[]}"));
    }

    /// `targets/metadata`: no source of ours keeps the metadata of targets.
    void targetMetadata(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        if (parameters.has("match_target")) {
            try {
                Parser.parseSelector(parameters.text("match_target"));
            } catch (ParseException e) {
                throw ApiException.invalidParameter("match_target", String.valueOf(e.getMessage()));
            }
        }
        Envelope.success(exchange, out -> out.raw("[]"));
    }

    private static void requireSense(RequestParameters parameters) {
        try {
            parameters.bool("exclude_alerts", false);
        } catch (ApiException e) {
            throw ApiException.invalidParameter(
                    "exclude_alerts",
                    "error converting exclude_alerts: strconv.ParseBool: parsing "
                            + GoQuote.quote(parameters.text("exclude_alerts")) + ": invalid syntax");
        }
        String limit = parameters.text("group_limit");
        if (limit.isEmpty()) {
            if (parameters.has("group_next_token")) {
                throw ApiException.invalidParameter(
                        "group_next_token", "group_limit needs to be present in order to paginate over the groups");
            }
        } else if (!limit.matches("[+-]?\\d{1,18}")) {
            throw ApiException.invalidParameter(
                    "group_limit",
                    "group_limit needs to be a valid number: strconv.ParseInt: parsing " + GoQuote.quote(limit)
                            + ": invalid syntax");
        } else if (Long.parseLong(limit) <= 0) {
            throw ApiException.invalidParameter("group_limit", "group_limit needs to be greater than 0");
        }
    }

    /// `metadata`: no source of ours keeps types and help texts.
    void metadata(Exchange exchange) throws IOException {
        var parameters = new RequestParameters(exchange);
        for (String name : new String[] {"limit", "limit_per_metric"}) {
            if (parameters.has(name) && !parameters.text(name).matches("[+-]?\\d{1,18}")) {
                throw ApiException.badData(name + " must be a number");
            }
        }
        Envelope.success(exchange, out -> out.raw("{}"));
    }
}
