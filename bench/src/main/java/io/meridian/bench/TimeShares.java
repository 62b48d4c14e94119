package io.meridian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/// Where the time of all threads goes, by samples of their stacks: each counts for the kind of work of the innermost
/// class that tells one.
final class TimeShares implements AutoCloseable {
    private static final Map<String, String> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("XorColumnDecoder", "decode");
        KINDS.put("FloatAggregator", "aggregate");
        KINDS.put("XorColumnEncoder", "encode");
        KINDS.put("AggregatePayload", "encode");
        KINDS.put("IndexWriter", "index written");
        KINDS.put("PostingsWriter", "index written");
        KINDS.put("TsdbIndex", "index read");
        KINDS.put("SymbolTable", "index read");
        KINDS.put("BackgroundSink", "write");
        KINDS.put("FileSink", "write");
        KINDS.put("ChunkWriter", "write");
        KINDS.put("ChunkReader", "read");
        KINDS.put("RecordReader", "read");
        KINDS.put("RecordCursor", "read");
        KINDS.put("SeriesMerger", "merge");
    }

    private final Recording recording = new Recording();

    TimeShares() {
        for (String event : new String[] {"jdk.ExecutionSample", "jdk.NativeMethodSample"}) {
            recording.enable(event).withPeriod(Duration.ofMillis(10));
        }
        recording.start();
    }

    /// Ends the recording; kinds of work and their share of all samples, the largest first.
    String text() throws IOException {
        recording.stop();
        Path file = Files.createTempFile("shares", ".jfr");
        try {
            recording.dump(file);
            var counts = new LinkedHashMap<String, Integer>();
            int all = 0;
            for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
                if (event.getStackTrace() == null
                        || event.getStackTrace().getFrames().isEmpty()) {
                    continue;
                }
                counts.merge(kind(event), 1, Integer::sum);
                all++;
            }
            var text = new StringBuilder();
            int samples = all;
            counts.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                    .forEach(entry -> text.append(text.isEmpty() ? "" : ", ")
                            .append(entry.getKey())
                            .append(" %.0f %%".formatted(100.0 * entry.getValue() / samples)));
            return text.toString();
        } finally {
            Files.delete(file);
        }
    }

    private static String kind(RecordedEvent event) {
        for (RecordedFrame frame : event.getStackTrace().getFrames()) {
            String name = frame.getMethod().getType().getName();
            String kind = KINDS.get(name.substring(name.lastIndexOf('.') + 1).replaceAll("\\$.*", ""));
            if (kind != null) {
                return kind;
            }
        }
        return "other";
    }

    @Override
    public void close() {
        recording.close();
    }
}
