package io.meridian.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.testkit.Shared;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Recorded answers of Prometheus 3.14 (its own, over HTTP) against the engine on the same samples.
class GoldenQueriesTest {
    private static final String FOLDER = "golden/query/";

    @Test
    void query_randomQueriesOnZoo_answersAsRecorded() {
        assertThat(differences("zoo", "fuzz.jsonl.gz")).isEmpty();
    }

    @Test
    void query_complianceQueriesOnDemo_answersAsRecorded() {
        assertThat(differences("demo", "answers/compliance-range.jsonl.gz")).isEmpty();
        assertThat(differences("demo", "answers/compliance-instant.jsonl.gz")).isEmpty();
    }

    static List<String> differences(String dataset, String file) {
        DecodedSource source = GoldenData.load(Shared.require(FOLDER + "datasets/" + dataset + "/samples.jsonl.gz"));
        var check = new GoldenCheck();
        List<String> differences = new ArrayList<>();
        int count = 0;
        for (Map<String, @Nullable Object> row : Shared.jsonLines(Shared.require(FOLDER + file))) {
            if (!GoldenCheck.isQuery(row)) {
                continue;
            }
            count++;
            String difference = check.check(row, source);
            if (difference != null) {
                differences.add(
                        row.get("id") + " " + row.get("flags") + " " + row.get("params") + "\n   " + difference);
            }
        }
        System.err.println(file + ": " + (count - differences.size()) + " of " + count + " as recorded");
        return differences;
    }
}
