package io.meridian.querier.http;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.Labels;
import java.io.IOException;
import java.io.Writer;

/// Writes samples in Prometheus' text format, version 0.0.4. Samples of one metric come one after the other; a metric
/// that has floats and histograms becomes a family for each run of them.
final class FederateText implements AutoCloseable {
    private static final String INSTANCE = "instance";

    private final Writer out;
    private final NameEscaping escaping;
    private String family = "";

    FederateText(Writer out, NameEscaping escaping) {
        this.out = out;
        this.escaping = escaping;
    }

    void sample(Labels labels, long timeMs, double value) throws IOException {
        String name = family(labels, "untyped");
        line(name, labels, "", timeMs, value);
    }

    /// @param histogram with custom bounds, written as a classic one: cumulative buckets, sum and count
    void histogram(Labels labels, long timeMs, FloatHistogram histogram) throws IOException {
        String name = family(labels, "histogram");
        double[] bounds = histogram.customValues();
        int[] indices = histogram.positiveSpans().indices();
        double[] buckets = histogram.positiveBuckets();
        double cumulative = 0;
        int next = 0;
        for (int bound = 0; bound < bounds.length; bound++) {
            for (; next < buckets.length && indices[next] <= bound; next++) {
                cumulative += buckets[next];
            }
            line(name + "_bucket", labels, GoFloat.general(bounds[bound]), timeMs, cumulative);
        }
        line(name + "_bucket", labels, "+Inf", timeMs, histogram.count());
        line(name + "_sum", labels, "", timeMs, histogram.sum());
        line(name + "_count", labels, "", timeMs, histogram.count());
    }

    private String family(Labels labels, String type) throws IOException {
        String name = escaping.escape(labels.metricName());
        String header = "# TYPE " + (NameEscaping.isClassic(name) ? name : quoted(name)) + " " + type + "\n";
        if (!header.equals(family)) {
            out.append(header);
            family = header;
        }
        return name;
    }

    private void line(String name, Labels labels, String bound, long timeMs, double value) throws IOException {
        boolean first = NameEscaping.isClassic(name);
        if (first) {
            out.append(name).append('{');
        } else {
            out.append('{').append(quoted(name));
        }
        for (int i = 0; i < labels.size(); i++) {
            if (!labels.name(i).equals(Labels.METRIC_NAME)) {
                pair(first, escaping.escape(labels.name(i)), labels.value(i));
                first = false;
            }
        }
        if (!labels.has(INSTANCE)) {
            pair(first, INSTANCE, "");
            first = false;
        }
        if (!bound.isEmpty()) {
            pair(first, "le", bound);
        }
        out.append("} ").append(value == 0 ? "0" : GoFloat.general(value)).append(' ');
        out.append(Long.toString(timeMs)).append('\n');
    }

    private void pair(boolean first, String name, String value) throws IOException {
        out.append(first ? "" : ",").append(NameEscaping.isClassic(name) ? name : quoted(name));
        out.append('=').append(quoted(value));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"") + '"';
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
