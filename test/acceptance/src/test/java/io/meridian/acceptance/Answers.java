package io.meridian.acceptance;

import io.meridian.testkit.QueryClient.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Compares two answers to one query.
final class Answers {
    /// Sums may be added in another order.
    private static final double TOLERANCE = 1e-9;

    private Answers() {}

    /// What differs, in words; empty if nothing does. `dropped` labels are not compared.
    static List<String> differences(Answer expected, Answer actual, Set<String> dropped) {
        var found = new ArrayList<String>();
        if (expected.error() != null || actual.error() != null) {
            if (!String.valueOf(expected.error()).equals(String.valueOf(actual.error()))) {
                found.add("error: expected=" + expected.error() + ", actual=" + actual.error());
            }
            return found;
        }
        var expectedSeries = byLabels(expected, dropped);
        var actualSeries = byLabels(actual, dropped);
        for (var entry : expectedSeries.entrySet()) {
            List<String> points = actualSeries.remove(entry.getKey());
            if (points == null) {
                found.add("missing: " + entry.getKey());
            } else if (!samePoints(entry.getValue(), points)) {
                found.add(entry.getKey() + ": expected=" + head(entry.getValue()) + ", actual=" + head(points));
            }
        }
        actualSeries.keySet().forEach(labels -> found.add("unexpected: " + labels));
        return found;
    }

    private static Map<Map<String, String>, List<String>> byLabels(Answer answer, Set<String> dropped) {
        var all = new HashMap<Map<String, String>, List<String>>();
        answer.series().forEach((labels, points) -> {
            var kept = new TreeMap<>(labels);
            kept.keySet().removeAll(dropped);
            all.put(kept, points);
        });
        return all;
    }

    private static boolean samePoints(List<String> expected, List<String> actual) {
        if (expected.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!samePoint(expected.get(i), actual.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean samePoint(String expected, String actual) {
        if (expected.equals(actual)) {
            return true;
        }
        String[] a = expected.split(" ", 2);
        String[] b = actual.split(" ", 2);
        if (!a[0].equals(b[0])) {
            return false;
        }
        try {
            double x = Double.parseDouble(a[1]);
            double y = Double.parseDouble(b[1]);
            return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String head(List<String> points) {
        return points.size() + " " + points.subList(0, Math.min(3, points.size()));
    }
}
