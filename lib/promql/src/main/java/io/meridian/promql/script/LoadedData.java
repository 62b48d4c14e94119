package io.meridian.promql.script;

import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.model.chunk.ExactSamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a script has loaded so far.
final class LoadedData {
    /// @param startMs start timestamp, 0 for none
    record Sample(double value, @Nullable FloatHistogram histogram, long startMs) {}

    private final TreeMap<Labels, TreeMap<Long, Sample>> series = new TreeMap<>();

    void clear() {
        series.clear();
    }

    /// @throws IllegalArgumentException if classic histograms cannot be converted
    void load(ScriptCommand.Load load) {
        for (int i = 0; i < load.series().size(); i++) {
            SeriesLine line = load.series().get(i);
            List<@Nullable Long> startTimes = load.startTimes().get(i);
            NavigableMap<Long, Sample> samples = samples(line, startTimes, load.stepMs());
            add(line.labels(), samples);
        }
        if (load.withCustomBuckets()) {
            var converter = new ClassicToCustom();
            for (SeriesLine line : load.series()) {
                converter.add(line.labels(), samples(line, null, load.stepMs()));
            }
            converter.convert().forEach(this::add);
        }
    }

    /// Behind what the series has; only its last sample may come once more, if it is the same float.
    private void add(Labels labels, Map<Long, Sample> samples) {
        TreeMap<Long, Sample> loaded = series.computeIfAbsent(labels, key -> new TreeMap<>());
        long lastMs = loaded.isEmpty() ? Long.MIN_VALUE : loaded.lastKey();
        samples.forEach((timeMs, sample) -> {
            if (timeMs < lastMs) {
                throw new IllegalArgumentException("out of order sample: " + labels + " at " + timeMs + " ms");
            }
            Sample last = timeMs > lastMs ? null : loaded.lastEntry().getValue();
            if (last != null
                    && (sample.histogram() != null
                            || last.histogram() != null
                            || Double.doubleToRawLongBits(sample.value())
                                    != Double.doubleToRawLongBits(last.value()))) {
                throw new IllegalArgumentException(
                        "duplicate sample for timestamp: " + labels + " at " + timeMs + " ms");
            }
            loaded.putIfAbsent(timeMs, sample);
        });
    }

    private static NavigableMap<Long, Sample> samples(
            SeriesLine line, @Nullable List<@Nullable Long> startTimes, long stepMs) {
        var samples = new TreeMap<Long, Sample>();
        for (int i = 0; i < line.values().size(); i++) {
            ScriptValue value = line.values().get(i);
            if (value.omitted()) {
                continue;
            }
            long timeMs = i * stepMs;
            Long start = startTimes == null ? null : startTimes.get(i);
            samples.put(timeMs, new Sample(value.value(), value.histogram(), start == null ? 0 : timeMs + start));
        }
        return samples;
    }

    /// Sorted by labels.
    List<LoadedSeries> toSeries() {
        var loaded = new ArrayList<LoadedSeries>();
        series.forEach((labels, samples) -> {
            var exact = new ExactSamples();
            samples.forEach((timeMs, sample) -> {
                if (sample.histogram() == null) {
                    exact.append(sample.startMs(), timeMs, sample.value());
                } else {
                    exact.append(sample.startMs(), timeMs, sample.histogram());
                }
            });
            loaded.add(new LoadedSeries(labels, exact));
        });
        return loaded;
    }
}
