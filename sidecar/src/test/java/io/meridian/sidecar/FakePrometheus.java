package io.meridian.sidecar;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.model.Utf8;
import io.meridian.model.chunk.Chunk;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.FilesystemBucket;
import io.meridian.proto.remote.RemoteRead;
import io.meridian.proto.remote.StreamedWriter;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Answers as a Prometheus over a directory of blocks would: chunks at the ends of a range are cut, external labels are
/// added to reads. Selectors in URLs are not parsed: the test says which they are.
final class FakePrometheus implements AutoCloseable {
    private final FilesystemBucket directory;
    private final List<Block> blocks = new ArrayList<>();
    private final Labels external;
    private final HttpServer server;

    /// What the next request with a selector in its URL selects.
    volatile Selection urlSelection = new Selection(List.of(), TimeRange.ALL);

    FakePrometheus(Path data, Labels external) throws IOException {
        this.external = external;
        directory = new FilesystemBucket(data);
        try (Stream<Path> folders = Files.list(data)) {
            for (Path folder : folders.sorted().toList()) {
                blocks.add(BlockFiles.open(
                        directory, BlockId.parse(folder.getFileName().toString())));
            }
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v1/", this::serve);
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            byte[] answer;
            if (path.equals("/api/v1/read")) {
                exchange.getResponseHeaders().set("Content-Type", RemoteRead.STREAMED_TYPE);
                answer = read(RemoteRead.parse(body).queries().getFirst());
            } else {
                answer = JsonWriter.compact(answer(path)).getBytes(java.nio.charset.StandardCharsets.UTF_8);
            }
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(answer);
        }
    }

    private Map<String, @Nullable Object> answer(String path) {
        var data = new ArrayList<@Nullable Object>();
        if (path.equals("/api/v1/series")) {
            for (Labels labels : select(urlSelection).keySet()) {
                data.add(object(labels));
            }
        } else {
            var texts = new TreeSet<String>(Utf8::compare);
            boolean names = path.equals("/api/v1/labels");
            for (Labels labels : select(urlSelection).keySet()) {
                for (int i = 0; i < labels.size(); i++) {
                    if (names) {
                        texts.add(labels.name(i));
                    } else if (path.equals("/api/v1/label/" + labels.name(i) + "/values")) {
                        texts.add(labels.value(i));
                    }
                }
            }
            data.addAll(texts);
        }
        var answer = new LinkedHashMap<String, @Nullable Object>();
        answer.put("status", "success");
        answer.put("data", data);
        return answer;
    }

    private static Map<String, @Nullable Object> object(Labels labels) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 0; i < labels.size(); i++) {
            object.put(labels.name(i), labels.value(i));
        }
        return object;
    }

    private byte[] read(Selection selection) throws IOException {
        var out = new ByteArrayOutputStream();
        var writer = new StreamedWriter(out, 1 << 20);
        for (var entry : select(selection).entrySet()) {
            writer.series(0, external.overriddenBy(entry.getKey()), entry.getValue());
        }
        return out.toByteArray();
    }

    private TreeMap<Labels, List<EncodedChunk>> select(Selection selection) {
        List<LabelMatcher> matchers = selection.matchers().isEmpty()
                ? List.of(LabelMatcher.of(LabelMatcher.Type.NOT_EQUAL, "__name__", ""))
                : selection.matchers();
        var result = new TreeMap<Labels, List<EncodedChunk>>();
        for (Block block : blocks) {
            try (var set = block.select(new Selection(matchers, selection.range()), QueryContext.unlimited())) {
                Series series;
                while ((series = set.next()) != null) {
                    for (Chunk chunk : ((ChunkSeries) series).chunks()) {
                        List<EncodedChunk> cut = cut((EncodedChunk) chunk, selection.range());
                        if (!cut.isEmpty()) {
                            result.computeIfAbsent(series.labels(), _ -> new ArrayList<>())
                                    .addAll(cut);
                        }
                    }
                }
            }
        }
        return result;
    }

    private static List<EncodedChunk> cut(EncodedChunk chunk, TimeRange range) {
        if (range.minMs() <= chunk.minMs() && chunk.maxMs() <= range.maxMs()) {
            return List.of(chunk);
        }
        var all = new ExactSamples();
        all.decode(chunk);
        var kept = new ExactSamples();
        for (int i = 0; i < all.size(); i++) {
            if (range.contains(all.time(i))) {
                kept.append(all, i);
            }
        }
        return ChunkEncoder.encode(kept, false);
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        for (Block block : blocks) {
            block.close();
        }
        directory.close();
    }
}
