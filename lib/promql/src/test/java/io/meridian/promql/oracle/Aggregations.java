package io.meridian.promql.oracle;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.model.XxHash64;
import io.meridian.model.histogram.HistogramCompaction;
import io.meridian.promql.parse.AggregateOperator;
import io.meridian.promql.parse.Expr;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// sum, topk and the like.
final class Aggregations {
    private final Evaluator evaluator;

    Aggregations(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    private static Labels group(Expr.Aggregation expr, Labels labels) {
        return expr.without()
                ? labels.without(expr.grouping()).without(Labels.METRIC_NAME)
                : labels.only(expr.grouping());
    }

    List<Element> evaluate(Expr.Aggregation expr, long timeMs, Evaluator.Steps steps) {
        List<Element> input = evaluator.vector(expr.operand(), timeMs, steps);
        if (expr.operator() == AggregateOperator.COUNT_VALUES) {
            return countValues(expr, input);
        }
        Expr parameter = expr.parameter();
        double value = parameter == null ? 0 : evaluator.scalar(parameter, timeMs, steps);
        Map<Labels, List<Element>> groups = new LinkedHashMap<>();
        for (Element element : input) {
            groups.computeIfAbsent(group(expr, element.labels()), key -> new ArrayList<>())
                    .add(element);
        }
        List<Element> result = new ArrayList<>();
        groups.forEach((labels, members) -> {
            switch (expr.operator()) {
                case TOPK, BOTTOMK, LIMITK, LIMIT_RATIO -> result.addAll(chosen(expr.operator(), value, members));
                default -> {
                    Element one = aggregated(expr.operator(), value, members);
                    if (one != null) {
                        result.add(one.with(labels));
                    }
                }
            }
        });
        return result;
    }

    private static List<Double> floats(List<Element> members) {
        return members.stream().filter(Element::isFloat).map(Element::value).toList();
    }

    private static @Nullable Element aggregated(AggregateOperator operator, double parameter, List<Element> members) {
        Element any = members.getFirst();
        List<Double> floats = floats(members);
        if (operator == AggregateOperator.COUNT || operator == AggregateOperator.GROUP) {
            return any.with(operator == AggregateOperator.COUNT ? members.size() : 1.0);
        }
        if (operator == AggregateOperator.SUM || operator == AggregateOperator.AVG) {
            boolean average = operator == AggregateOperator.AVG;
            if (floats.size() == members.size()) {
                return any.with(average ? Sums.average(floats) : Sums.sum(floats));
            }
            if (!floats.isEmpty()) {
                return null;
            }
            FloatHistogram mean =
                    Windows.mean(members.stream().map(Element::histogram).toList(), average);
            return mean == null ? null : any.with(HistogramCompaction.compact(mean));
        }
        if (floats.isEmpty()) {
            return null;
        }
        return any.with(
                switch (operator) {
                    case MIN -> Windows.extreme(floats, false);
                    case MAX -> Windows.extreme(floats, true);
                    case STDVAR -> Sums.variance(floats);
                    case STDDEV -> Math.sqrt(Sums.variance(floats));
                    case QUANTILE -> Sums.quantile(parameter, floats);
                    default -> throw new Undecided(operator.text());
                });
    }

    private static List<Element> countValues(Expr.Aggregation expr, List<Element> input) {
        Expr parameter = expr.parameter();
        String name = parameter == null ? "" : Evaluator.text(parameter);
        Map<Labels, Integer> counts = new LinkedHashMap<>();
        for (Element element : input) {
            FloatHistogram histogram = element.histogram();
            String value = histogram == null ? GoFloat.fixed(element.value()) : histogram.toString();
            Labels labels = group(expr, element.labels()).with(name, value);
            counts.merge(labels, 1, Integer::sum);
        }
        List<Element> result = new ArrayList<>();
        counts.forEach((labels, count) -> result.add(Element.of(labels, count)));
        return result;
    }

    private static List<Element> chosen(AggregateOperator operator, double parameter, List<Element> members) {
        if (operator == AggregateOperator.LIMIT_RATIO) {
            double ratio = Math.max(-1, Math.min(1, parameter));
            return members.stream()
                    .filter(element ->
                            ratio >= 0 ? share(element.labels()) < ratio : share(element.labels()) >= 1 + ratio)
                    .toList();
        }
        int k = (int) parameter;
        if (operator == AggregateOperator.LIMITK) {
            return members.subList(0, Math.min(k, members.size()));
        }
        List<Element> floats =
                new ArrayList<>(members.stream().filter(Element::isFloat).toList());
        boolean top = operator == AggregateOperator.TOPK;
        floats.sort((a, b) -> {
            if (Double.isNaN(a.value()) || Double.isNaN(b.value())) {
                return Boolean.compare(Double.isNaN(a.value()), Double.isNaN(b.value()));
            }
            return a.value() == b.value() ? 0 : (a.value() < b.value()) == top ? 1 : -1;
        });
        if (floats.size() > k && tied(floats.get(k - 1).value(), floats.get(k).value())) {
            throw new Undecided("a tie");
        }
        return floats.subList(0, Math.min(k, floats.size()));
    }

    private static boolean tied(double a, double b) {
        return Double.isNaN(a)
                || Double.isNaN(b)
                || a == b
                || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
    }

    private static double share(Labels labels) {
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < labels.size(); i++) {
            for (String text : List.of(labels.name(i), labels.value(i))) {
                byte[] utf8 = Utf8.encode(text);
                bytes.write(utf8.length);
                bytes.writeBytes(utf8);
            }
        }
        BigInteger hash = new BigInteger(Long.toUnsignedString(XxHash64.hash(bytes.toByteArray())));
        return new BigDecimal(hash).doubleValue() / 0x1p64;
    }
}
