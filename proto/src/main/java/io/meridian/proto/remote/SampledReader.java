package io.meridian.proto.remote;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridian.model.CorruptDataException;
import io.meridian.model.FloatHistogram;
import io.meridian.model.Labels;
import io.meridian.model.SampleBuffer;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.wire.prometheus.Histogram;
import io.meridian.proto.wire.prometheus.Label;
import io.meridian.proto.wire.prometheus.QueryResult;
import io.meridian.proto.wire.prometheus.ReadResponse;
import io.meridian.proto.wire.prometheus.TimeSeries;
import java.util.ArrayList;
import java.util.List;

/// Reads the sampled answer of a remote read: one snappy block with every sample of every series.
public final class SampledReader {
    private static final String RESOURCE = "remote read answer";

    private SampledReader() {}

    /// A series with its samples in time order.
    public record SampledSeries(Labels labels, SampleBuffer samples) {}

    /// The series of each query.
    ///
    /// @throws CorruptDataException if the body is not such an answer
    public static List<List<SampledSeries>> read(byte[] body) {
        ReadResponse response;
        try {
            response = ReadResponse.parseFrom(RemoteRead.decompress(RESOURCE, body));
        } catch (InvalidProtocolBufferException e) {
            throw new CorruptDataException(RESOURCE, -1, String.valueOf(e.getMessage()));
        }
        var results = new ArrayList<List<SampledSeries>>();
        for (QueryResult result : response.getResultsList()) {
            var all = new ArrayList<SampledSeries>();
            for (TimeSeries series : result.getTimeseriesList()) {
                var labels = Labels.empty().toBuilder();
                for (Label label : series.getLabelsList()) {
                    labels.set(ModelCodec.text(label.getName()), ModelCodec.text(label.getValue()));
                }
                all.add(new SampledSeries(labels.build(), samples(series)));
            }
            results.add(all);
        }
        return results;
    }

    /// Floats and histograms come as two lists, each in time order.
    private static SampleBuffer samples(TimeSeries series) {
        var buffer = new SampleBuffer();
        int floats = 0;
        int histograms = 0;
        while (floats < series.getSamplesCount() || histograms < series.getHistogramsCount()) {
            boolean takeFloat = histograms == series.getHistogramsCount()
                    || floats < series.getSamplesCount()
                            && series.getSamples(floats).getTimestamp()
                                    <= series.getHistograms(histograms).getTimestamp();
            if (takeFloat) {
                var sample = series.getSamples(floats++);
                buffer.append(sample.getTimestamp(), sample.getValue());
            } else {
                Histogram histogram = series.getHistograms(histograms++);
                buffer.append(histogram.getTimestamp(), histogram(histogram));
            }
        }
        return buffer;
    }

    private static FloatHistogram histogram(Histogram wire) {
        try {
            return WireHistogram.toModel(wire);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(RESOURCE, -1, "histogram at " + wire.getTimestamp() + ": " + e.getMessage());
        }
    }
}
