package io.meridian.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.QueryContext;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What Prometheus 3.14 counted for queries on the data of `golden/query/datasets/zoo` (`stats=all`). Each line of
/// `stats/zoo.txt`: flags | time, or start, end and step | totalQueryableSamples samplesRead peakSamples | query.
class GoldenStatsTest {
    @Test
    void stats_queriesOnZoo_areAsRecorded() throws IOException {
        DecodedSource source = GoldenData.load(Shared.require("golden/query/datasets/zoo/samples.jsonl.gz"));
        List<String> differences = new ArrayList<>();
        try (var plain = new Engine(EngineOptions.DEFAULT.withThreads(2));
                var full =
                        new Engine(EngineOptions.DEFAULT.withThreads(2).withFeatures(EnumSet.allOf(Feature.class)))) {
            for (String line : lines()) {
                String[] parts = line.split(" \\| ", 4);
                Engine engine = parts[0].equals("all") ? full : plain;
                QueryStats stats = engine.query(request(parts[1], parts[3]), source, QueryContext.unlimited())
                        .stats();
                String counted = stats.totalQueryableSamples() + " " + stats.samplesRead() + " " + stats.peakSamples();
                if (!counted.equals(parts[2])) {
                    differences.add(line + "\n   counted " + counted);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static List<String> lines() throws IOException {
        try (InputStream in = Objects.requireNonNull(GoldenStatsTest.class.getResourceAsStream("/stats/zoo.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static QueryRequest request(String times, String query) {
        String[] parts = times.split(" ", 3);
        return parts.length == 1
                ? QueryRequest.instant(query, milliseconds(parts[0]))
                : QueryRequest.range(query, milliseconds(parts[0]), milliseconds(parts[1]), milliseconds(parts[2]));
    }

    private static long milliseconds(String seconds) {
        return new BigDecimal(seconds).movePointRight(3).longValueExact();
    }
}
