package io.meridian.cli.tools;

import io.meridian.model.FloatHistogram;
import io.meridian.model.GoFloat;
import io.meridian.model.HistogramColumn;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.Aggregate;
import io.meridian.model.chunk.AggregateChunk;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkCodec;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkedSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.histogram.HistogramText;
import io.meridian.promql.parse.Expr;
import io.meridian.promql.parse.Parser;
import io.meridian.promql.parse.ParserOptions;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools block dump`: a line a sample, as `promtool tsdb dump` prints it; aggregates of downsampled data
/// carry their name behind the labels.
@Command(name = "dump", mixinStandardHelpOptions = true, description = "Prints every sample of a block.")
final class BlockDump implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(names = "--match", paramLabel = "SELECTOR", description = "Only these series. Default: all")
    String match = "";

    @Parameters(paramLabel = "BLOCK", description = "Block directory.")
    Path directory;

    private final SampleBuffer samples = new SampleBuffer();

    @Override
    public Integer call() throws Exception {
        LocalBlock local = LocalBlock.of(spec, directory);
        PrintWriter out = spec.commandLine().getOut();
        try (Block block = BlockFiles.open(local.bucket(), local.id());
                var set = block.select(selection(), QueryContext.unlimited())) {
            Series series;
            while ((series = set.next()) != null) {
                dump(out, series);
            }
        }
        out.flush();
        return 0;
    }

    private Selection selection() {
        if (match.isEmpty()) {
            var any = LabelMatcher.of(LabelMatcher.Type.REGEX, Labels.METRIC_NAME, ".*");
            return new Selection(List.of(any), TimeRange.ALL);
        }
        var selector = (Expr.VectorSelector) Parser.parse(match, ParserOptions.DEFAULT);
        return new Selection(selector.matchers(), TimeRange.ALL);
    }

    private void dump(PrintWriter out, Series series) {
        String labels = series.labels().toString();
        if (!(series instanceof ChunkedSeries chunked)) {
            samples.clear();
            series.read(TimeRange.ALL, samples);
            print(out, labels, false);
            return;
        }
        long nextMs = Long.MIN_VALUE;
        for (Chunk chunk : chunked.chunks()) {
            switch (chunk) {
                case AggregateChunk aggregates -> dumpAggregates(out, labels, aggregates);
                case EncodedChunk encoded -> {
                    // by way of the series, which leaves out what was deleted
                    var range = new TimeRange(Math.max(nextMs, encoded.minMs()), encoded.maxMs());
                    nextMs = Math.max(nextMs, encoded.maxMs() + 1);
                    samples.clear();
                    if (!range.isEmpty()) {
                        series.read(range, samples);
                    }
                    print(out, labels, isInteger(encoded.encoding()));
                }
            }
        }
    }

    private static boolean isInteger(ChunkEncoding encoding) {
        return encoding == ChunkEncoding.HISTOGRAM || encoding == ChunkEncoding.HISTOGRAM_ST;
    }

    private void dumpAggregates(PrintWriter out, String labels, AggregateChunk chunk) {
        for (Aggregate aggregate : Aggregate.values()) {
            EncodedChunk part = chunk.part(aggregate);
            if (part != null) {
                samples.clear();
                ChunkCodec.decode(part, samples);
                print(out, labels + " " + aggregate.name().toLowerCase(Locale.ROOT), isInteger(part.encoding()));
            }
        }
    }

    private void print(PrintWriter out, String labels, boolean integers) {
        HistogramColumn histograms = samples.histograms();
        for (int i = 0; i < samples.size(); i++) {
            FloatHistogram histogram = histograms == null ? null : histograms.get(i);
            String value;
            if (histogram == null) {
                value = GoFloat.general(samples.values()[i]);
            } else {
                value = integers ? HistogramText.ofIntegers(histogram) : histogram.toString();
            }
            out.println(labels + " " + value + " " + samples.times()[i]);
        }
    }
}
