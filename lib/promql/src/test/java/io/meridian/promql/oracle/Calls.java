package io.meridian.promql.oracle;

import io.meridian.model.CounterResetHint;
import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.histogram.HistogramFraction;
import io.meridian.model.histogram.HistogramMoments;
import io.meridian.model.histogram.HistogramQuantile;
import io.meridian.promql.parse.Expr;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Functions of instant vectors.
final class Calls {
    private final Evaluator evaluator;

    Calls(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    static FloatHistogram withoutResetHint(FloatHistogram histogram) {
        return histogram.hint() == CounterResetHint.GAUGE ? histogram : histogram.withHint(CounterResetHint.UNKNOWN);
    }

    List<Element> evaluate(Expr.Call call, long timeMs, Evaluator.Steps steps) {
        List<Expr> arguments = call.arguments();
        String name = call.function().name();
        return switch (name) {
            case "vector" -> List.of(Element.of(Labels.empty(), evaluator.scalar(arguments.getFirst(), timeMs, steps)));
            case "absent" ->
                evaluator.vector(arguments.getFirst(), timeMs, steps).isEmpty()
                        ? List.of(Element.of(absentLabels(Evaluator.unwrapped(arguments.getFirst())), 1))
                        : List.of();
            case "timestamp" -> timestamps(arguments.getFirst(), timeMs, steps);
            case "start_timestamp" -> {
                if (evaluator.usesStartTimes()
                        && Evaluator.unwrapped(arguments.getFirst()) instanceof Expr.VectorSelector selector) {
                    yield Evaluator.unique(evaluator.startTimes(selector, timeMs).stream()
                            .map(Element::unnamed)
                            .toList());
                }
                evaluator.vector(arguments.getFirst(), timeMs, steps);
                yield List.of();
            }
            case "info" -> new Info(evaluator, call).evaluate(arguments.getFirst(), timeMs, steps);
            case "sort", "sort_desc" ->
                evaluator.vector(arguments.getFirst(), timeMs, steps).stream()
                        .filter(Element::isFloat)
                        .toList();
            case "sort_by_label", "sort_by_label_desc" -> evaluator.vector(arguments.getFirst(), timeMs, steps);
            case "label_replace" -> replaced(call, timeMs, steps);
            case "label_join" -> joined(call, timeMs, steps);
            case "clamp", "clamp_min", "clamp_max", "round" -> bounded(name, call, timeMs, steps);
            case "histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar" ->
                ofHistograms(name, evaluator.vector(arguments.getFirst(), timeMs, steps));
            case "histogram_quantile" -> {
                double q = evaluator.scalar(arguments.getFirst(), timeMs, steps);
                yield Evaluator.unique(quantiles(q, evaluator.vector(arguments.get(1), timeMs, steps)));
            }
            case "histogram_quantiles" -> {
                List<Element> input = evaluator.vector(arguments.getFirst(), timeMs, steps);
                List<Element> result = new ArrayList<>();
                for (Expr each : arguments.subList(2, arguments.size())) {
                    double q = evaluator.scalar(each, timeMs, steps);
                    String label = Evaluator.text(arguments.get(1));
                    quantiles(q, input)
                            .forEach(element ->
                                    result.add(element.with(element.labels().with(label, GoFloat.fixed(q)))));
                }
                yield Evaluator.unique(result);
            }
            case "histogram_fraction" -> {
                double lower = evaluator.scalar(arguments.get(0), timeMs, steps);
                double upper = evaluator.scalar(arguments.get(1), timeMs, steps);
                yield Evaluator.unique(fractions(lower, upper, evaluator.vector(arguments.get(2), timeMs, steps)));
            }
            default -> {
                List<Element> result = new ArrayList<>();
                for (Element element : evaluator.vector(arguments.getFirst(), timeMs, steps)) {
                    if (element.isFloat()) {
                        result.add(element.with(Numbers.function(name, element.value()))
                                .unnamed());
                    }
                }
                yield Evaluator.unique(result);
            }
        };
    }

    private List<Element> timestamps(Expr argument, long timeMs, Evaluator.Steps steps) {
        List<Element> input = Evaluator.unwrapped(argument) instanceof Expr.VectorSelector selector
                ? evaluator.select(selector, timeMs, true)
                : evaluator.vector(argument, timeMs, steps).stream()
                        .map(element -> element.with(timeMs / 1000.0))
                        .toList();
        return Evaluator.unique(input.stream().map(Element::unnamed).toList());
    }

    static Labels absentLabels(Expr argument) {
        List<LabelMatcher> matchers = switch (argument) {
            case Expr.VectorSelector selector -> selector.matchers();
            case Expr.MatrixSelector matrix -> matrix.selector().matchers();
            default -> List.of();
        };
        Labels.Builder labels = Labels.empty().toBuilder();
        Set<String> seen = new HashSet<>();
        for (LabelMatcher matcher : matchers) {
            if (matcher.name().equals(Labels.METRIC_NAME)) {
                continue;
            }
            if (matcher.type() == LabelMatcher.Type.EQUAL && seen.add(matcher.name())) {
                labels.set(matcher.name(), matcher.value());
            } else {
                labels.remove(matcher.name());
            }
        }
        return labels.build();
    }

    private List<Element> replaced(Expr.Call call, long timeMs, Evaluator.Steps steps) {
        List<Expr> arguments = call.arguments();
        Pattern pattern = Pattern.compile(Evaluator.text(arguments.get(4)), Pattern.DOTALL);
        String replacement = Evaluator.text(arguments.get(2)).replace("$1", "${1}");
        List<Element> result = new ArrayList<>();
        for (Element element : evaluator.vector(arguments.getFirst(), timeMs, steps)) {
            Matcher matcher = pattern.matcher(element.labels().get(Evaluator.text(arguments.get(3))));
            if (matcher.matches()) {
                String value = replacement.replace("${1}", matcher.group(1));
                result.add(element.with(element.labels().with(Evaluator.text(arguments.get(1)), value)));
            } else {
                result.add(element);
            }
        }
        return Evaluator.unique(result);
    }

    private List<Element> joined(Expr.Call call, long timeMs, Evaluator.Steps steps) {
        List<String> texts =
                call.arguments().stream().skip(1).map(Evaluator::text).toList();
        List<Element> result = new ArrayList<>();
        for (Element element : evaluator.vector(call.arguments().getFirst(), timeMs, steps)) {
            List<String> values = texts.subList(2, texts.size()).stream()
                    .map(element.labels()::get)
                    .toList();
            result.add(element.with(element.labels().with(texts.get(0), String.join(texts.get(1), values))));
        }
        return Evaluator.unique(result);
    }

    private List<Element> bounded(String name, Expr.Call call, long timeMs, Evaluator.Steps steps) {
        List<Double> scalars = call.arguments().stream()
                .skip(1)
                .map(each -> evaluator.scalar(each, timeMs, steps))
                .toList();
        double min = name.equals("clamp_max") || scalars.isEmpty() ? Double.NEGATIVE_INFINITY : scalars.getFirst();
        double max = name.equals("clamp_min") || scalars.isEmpty() ? Double.POSITIVE_INFINITY : scalars.getLast();
        List<Element> result = new ArrayList<>();
        for (Element element : evaluator.vector(call.arguments().getFirst(), timeMs, steps)) {
            if (!element.isFloat()) {
                continue;
            }
            double v = element.value();
            if (name.equals("round")) {
                double inverse = 1 / (scalars.isEmpty() ? 1 : scalars.getFirst());
                result.add(element.with(Math.floor(v * inverse + 0.5) / inverse).unnamed());
            } else if (!(max < min)) {
                result.add(element.with(Numbers.max(min, Numbers.min(max, v))).unnamed());
            }
        }
        return Evaluator.unique(result);
    }

    private static List<Element> ofHistograms(String name, List<Element> input) {
        List<Element> result = new ArrayList<>();
        for (Element element : input) {
            FloatHistogram histogram = element.histogram();
            if (histogram != null) {
                double value = switch (name) {
                    case "histogram_count" -> histogram.count();
                    case "histogram_sum" -> histogram.sum();
                    case "histogram_avg" -> histogram.sum() / histogram.count();
                    case "histogram_stdvar" -> HistogramMoments.variance(histogram);
                    default -> Math.sqrt(HistogramMoments.variance(histogram));
                };
                result.add(element.with(value).unnamed());
            }
        }
        return Evaluator.unique(result);
    }

    /// Classic histograms among the input, and the native ones that do not collide with them.
    private record Sorted(Map<Labels, List<Classic.Bucket>> classic, List<Element> natives) {
        static Sorted of(List<Element> input) {
            Map<Labels, List<Classic.Bucket>> classic = new LinkedHashMap<>();
            for (Element element : input) {
                String le = element.labels().get("le");
                if (element.isFloat() && !le.isEmpty()) {
                    double bound = le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
                    classic.computeIfAbsent(element.labels().without("le"), key -> new ArrayList<>())
                            .add(new Classic.Bucket(bound, element.value()));
                }
            }
            List<Element> natives = new ArrayList<>();
            for (Element element : input) {
                if (!element.isFloat() && classic.remove(element.labels()) == null) {
                    natives.add(element);
                }
            }
            return new Sorted(classic, natives);
        }
    }

    private static List<Element> quantiles(double q, List<Element> input) {
        Sorted sorted = Sorted.of(input);
        List<Element> result = new ArrayList<>();
        for (Element element : sorted.natives()) {
            FloatHistogram histogram = element.histogram();
            if (histogram != null) {
                result.add(
                        element.with(HistogramQuantile.of(q, histogram).value()).unnamed());
            }
        }
        sorted.classic()
                .forEach((labels, buckets) -> result.add(
                        Element.of(labels, Classic.quantile(q, buckets)).unnamed()));
        return result;
    }

    private static List<Element> fractions(double lower, double upper, List<Element> input) {
        Sorted sorted = Sorted.of(input);
        List<Element> result = new ArrayList<>();
        for (Element element : sorted.natives()) {
            FloatHistogram histogram = element.histogram();
            if (histogram != null) {
                result.add(element.with(
                                HistogramFraction.of(lower, upper, histogram).value())
                        .unnamed());
            }
        }
        sorted.classic()
                .forEach((labels, buckets) -> result.add(Element.of(labels, Classic.fraction(lower, upper, buckets))
                        .unnamed()));
        return result;
    }
}
