package io.meridian.querier.http;

import io.meridian.model.GoQuote;
import io.meridian.model.LabelMatcher;
import io.meridian.promql.parse.ParseException;
import io.meridian.promql.parse.Parser;
import io.meridian.server.http.Exchange;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The parameters of a request, read with Prometheus' rules and error texts.
record RequestParameters(Exchange exchange) {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

    String text(String name) {
        return exchange.parameter(name);
    }

    List<String> all(String name) {
        return exchange.parameters().all(name);
    }

    boolean has(String name) {
        return !text(name).isEmpty();
    }

    /// A time that has to be given.
    GoTime requiredTime(String name) {
        try {
            return GoTime.parse(text(name));
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidParameter(name, String.valueOf(e.getMessage()));
        }
    }

    GoTime time(String name, GoTime otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        try {
            return GoTime.parse(text(name));
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidParameter(name, "invalid time value for '" + name + "': " + e.getMessage());
        }
    }

    /// Nanoseconds.
    long duration(String name) {
        try {
            return RequestDuration.parse(text(name));
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidParameter(name, String.valueOf(e.getMessage()));
        }
    }

    /// How many results are wanted; 0: all.
    int limit() {
        String text = text("limit");
        if (text.isEmpty()) {
            return 0;
        }
        long limit = integer("limit", text);
        if (limit < 0) {
            throw ApiException.invalidParameter("limit", "limit must be non-negative");
        }
        return (int) Math.min(limit, Integer.MAX_VALUE - 1);
    }

    private static long integer(String name, String text) {
        if (!INTEGER.matcher(text).matches()) {
            throw ApiException.invalidParameter(
                    name, "strconv.Atoi: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
        var number = new BigInteger(text);
        if (number.bitLength() > 63) {
            throw ApiException.invalidParameter(
                    name, "strconv.Atoi: parsing " + GoQuote.quote(text) + ": value out of range");
        }
        return number.longValue();
    }

    boolean bool(String name, boolean otherwise) {
        String text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!TRUE.contains(text) && !FALSE.contains(text)) {
            throw ApiException.invalidParameter(
                    name, "strconv.ParseBool: parsing " + GoQuote.quote(text) + ": invalid syntax");
        }
        return TRUE.contains(text);
    }

    /// @throws ApiException if a part of form or URL could not be decoded
    void requireWhole() {
        String problem = exchange.parameters().problem();
        if (!problem.isEmpty()) {
            throw ApiException.badData("error parsing form values: " + problem);
        }
    }

    /// The selectors of `match[]`, each of which must demand something.
    ///
    /// @throws IllegalArgumentException with Prometheus' text, which some endpoints put behind the parameter's name
    List<List<LabelMatcher>> selectors() {
        var selectors = new ArrayList<List<LabelMatcher>>();
        for (String text : all("match[]")) {
            selectors.add(parseSelector(text));
        }
        for (List<LabelMatcher> selector : selectors) {
            if (selector.stream().allMatch(LabelMatcher::matchesEmpty)) {
                throw new IllegalArgumentException("match[] must contain at least one non-empty matcher");
            }
        }
        return selectors;
    }

    /// The selectors of `storeMatch[]`, which are held against the addresses of stores.
    List<List<LabelMatcher>> storeSelectors() {
        var selectors = new ArrayList<List<LabelMatcher>>();
        for (String text : all("storeMatch[]")) {
            try {
                selectors.add(parseSelector(text));
            } catch (IllegalArgumentException e) {
                throw ApiException.invalidParameter("storeMatch[]", String.valueOf(e.getMessage()));
            }
        }
        return selectors;
    }

    private static List<LabelMatcher> parseSelector(String text) {
        try {
            return Parser.parseSelector(text);
        } catch (ParseException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }
}
