package io.meridian.bench;

import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.TimeRange;
import io.meridian.model.json.JsonWriter;
import io.meridian.tsdb.block.Block;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/// Gives the float samples of a set to a VictoriaMetrics: `VictoriaImport DIRECTORY URL`. Native histograms, which it
/// does not have as Prometheus has them, are left out.
public final class VictoriaImport {
    private static final int BODY_CHARACTERS = 8_000_000;

    private final String url;
    private final StringBuilder body = new StringBuilder();

    private VictoriaImport(String url) {
        this.url = url;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: VictoriaImport DIRECTORY URL");
            System.exit(2);
        }
        try (Block block = BenchBlocks.open(Path.of(arguments[0]))) {
            new VictoriaImport(arguments[1]).send(block);
        }
    }

    private void send(Block block) throws IOException, InterruptedException {
        var samples = new SampleBuffer();
        try (var context = QueryContext.unlimited();
                SeriesSet set = block.select(new Selection(List.of(), TimeRange.ALL), context);
                var client = HttpClient.newHttpClient()) {
            for (Series series = set.next(); series != null; series = set.next()) {
                samples.clear();
                series.read(TimeRange.ALL, samples);
                if (samples.histograms() == null) {
                    append(series.labels(), samples);
                }
                if (body.length() > BODY_CHARACTERS) {
                    post(client, "/api/v1/import");
                }
            }
            post(client, "/api/v1/import");
            post(client, "/internal/force_flush");
            post(client, "/internal/force_merge");
        }
    }

    /// One line for each series.
    private void append(Labels labels, SampleBuffer samples) {
        body.append("{\"metric\":{");
        for (int i = 0; i < labels.size(); i++) {
            JsonWriter.appendString(body.append(i == 0 ? "" : ","), labels.name(i));
            JsonWriter.appendString(body.append(':'), labels.value(i));
        }
        body.append("},\"values\":[");
        for (int i = 0; i < samples.size(); i++) {
            body.append(i == 0 ? "" : ",");
            double value = samples.values()[i];
            if (value == (long) value) {
                body.append((long) value);
            } else {
                body.append(value);
            }
        }
        body.append("],\"timestamps\":[");
        for (int i = 0; i < samples.size(); i++) {
            body.append(i == 0 ? "" : ",").append(samples.times()[i]);
        }
        body.append("]}\n");
    }

    private void post(HttpClient client, String path) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url + path))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        body.setLength(0);
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
        }
    }
}
