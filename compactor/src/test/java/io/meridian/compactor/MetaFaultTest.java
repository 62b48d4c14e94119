package io.meridian.compactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.objstore.Bucket;
import io.meridian.testkit.Sampled;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A meta.json that can be read, or nearly, and says something that is not so: the block is named and left alone, or
/// the lie does no harm.
@Sampled
class MetaFaultTest {
    private static final int BROKEN = 2;

    @TempDir
    private Path directory;

    @FunctionalInterface
    private interface Change {
        /// @param ids of the group; the one at [#BROKEN] is changed
        String apply(String json, List<BlockId> ids);
    }

    private enum Fault {
        BYTE_ORDER_MARK(true, (json, _) -> "\uFEFF" + json),
        TEXT_BEHIND(true, (json, _) -> json + "{}"),
        ARRAY(true, (json, _) -> "[" + json + "]"),
        NULL(true, (_, _) -> "null"),
        EMPTY_OBJECT(true, (_, _) -> "{}"),
        DEEP(true, (json, _) -> json.replaceFirst("\\{", "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",")),
        DUPLICATE_MEMBER(false, (json, _) -> json.replaceFirst("\\{", "{\"version\": 7, \"ulid\": \"x\",")),
        NO_TEXT(false, (json, _) -> json.replaceFirst("sidecar", "side\u00ff")),
        VERSION_2(true, (json, _) -> json.replace("\"version\": 1", "\"version\": 2")),
        VERSION_0(true, (json, _) -> json.replace("\"version\": 1", "\"version\": 0")),
        VERSION_TEXT(true, (json, _) -> json.replace("\"version\": 1", "\"version\": \"1\"")),
        ULID_OF_ANOTHER(
                true,
                (json, ids) ->
                        json.replaceFirst(ids.get(BROKEN).toString(), ids.get(3).toString())),
        ULID_SHORT(true, (json, ids) -> json.replaceFirst(ids.get(BROKEN).toString(), "01AB")),
        NO_THANOS(true, (json, _) -> json.substring(0, json.indexOf(",\n\t\"thanos\"")) + "\n}\n"),
        THANOS_NULL(true, (json, _) -> json.substring(0, json.indexOf(",\n\t\"thanos\"")) + ",\"thanos\": null\n}\n"),
        THANOS_TEXT(true, (json, _) -> json.substring(0, json.indexOf(",\n\t\"thanos\"")) + ",\"thanos\": \"x\"\n}\n"),
        THANOS_VERSION_2(true, (json, _) -> json.replace("\"labels\"", "\"version\": 2, \"labels\"")),
        NO_LABELS(true, (json, _) -> json.replaceFirst("\"cluster\": \"a\"", "")),
        LABELS_NUMBER(true, (json, _) -> json.replaceFirst("\"cluster\": \"a\"", "\"cluster\": 1")),
        RESOLUTION_UNKNOWN(true, (json, _) -> json.replace("\"resolution\": 0", "\"resolution\": 60000")),
        RESOLUTION_NEGATIVE(true, (json, _) -> json.replace("\"resolution\": 0", "\"resolution\": -1")),
        RESOLUTION_FIVE_MINUTES(true, (json, _) -> json.replace("\"resolution\": 0", "\"resolution\": 300000")),
        RESOLUTION_ONE_HOUR(true, (json, _) -> json.replace("\"resolution\": 0", "\"resolution\": 3600000")),
        RESOLUTION_HUGE(true, (json, _) -> json.replace("\"resolution\": 0", "\"resolution\": 9223372036854775807")),
        TIMES_SWAPPED(
                true,
                (json, _) -> json.replace("minTime", "x")
                        .replace("maxTime", "minTime")
                        .replace("\"x\"", "\"maxTime\"")),
        TIMES_MISSING(true, (json, _) -> json.replaceAll("\"m(in|ax)Time\": [0-9]+,", "")),
        TIMES_HUGE(
                true,
                (json, _) -> json.replaceAll("\"minTime\": [0-9]+", "\"minTime\": -9223372036854775808")
                        .replaceAll("\"maxTime\": [0-9]+", "\"maxTime\": 9223372036854775807")),
        TIMES_BEYOND_NUMBERS(true, (json, _) -> json.replaceAll("\"maxTime\": [0-9]+", "\"maxTime\": 1e99")),
        TIME_FRACTION(true, (json, _) -> json.replaceAll("\"maxTime\": ([0-9]+)", "\"maxTime\": $1.5")),
        MIN_EARLY(true, (json, _) -> json.replaceAll("\"minTime\": [0-9]+", "\"minTime\": 1")),
        MIN_LATE(true, (json, _) -> json.replaceAll("\"minTime\": ([0-9]+)00000", "\"minTime\": $199999")),
        MAX_LATE(true, (json, _) -> json.replaceAll("\"maxTime\": [0-9]+", "\"maxTime\": 9007199254740993")),
        MAX_SOON(
                true,
                (json, ids) -> json.replaceAll(
                        "\"maxTime\": [0-9]+", "\"maxTime\": " + (CompactorHarness.START + 5 * CompactorHarness.HOUR))),
        OTHER_RANGE(
                true,
                (json, ids) -> json.replaceAll(
                                "\"minTime\": [0-9]+",
                                "\"minTime\": " + (CompactorHarness.START + 20 * CompactorHarness.HOUR))
                        .replaceAll(
                                "\"maxTime\": [0-9]+",
                                "\"maxTime\": " + (CompactorHarness.START + 22 * CompactorHarness.HOUR))),
        RANGE_OF_THE_OTHERS(
                true,
                (json, ids) -> json.replaceAll("\"minTime\": [0-9]+", "\"minTime\": " + CompactorHarness.START)
                        .replaceAll(
                                "\"maxTime\": [0-9]+",
                                "\"maxTime\": " + (CompactorHarness.START + 12 * CompactorHarness.HOUR))),
        LEVEL_HUGE(false, (json, _) -> json.replaceAll("\"level\": 1", "\"level\": 2147483647")),
        LEVEL_BEYOND(true, (json, _) -> json.replaceAll("\"level\": 1", "\"level\": 9999999999")),
        LEVEL_NEGATIVE(false, (json, _) -> json.replaceAll("\"level\": 1", "\"level\": -5")),
        FAILED(false, (json, _) -> json.replaceAll("\"level\": 1", "\"level\": 1, \"failed\": true")),
        NO_SOURCES(false, (json, _) -> json.replaceAll("\"sources\": \\[[^]]*]", "\"sources\": []")),
        SOURCES_OF_ALL(
                false,
                (json, ids) -> json.replaceAll(
                        "\"sources\": \\[[^]]*]",
                        "\"sources\": [\""
                                + String.join(
                                        "\",\"",
                                        ids.stream().map(BlockId::toString).toList()) + "\"]")),
        SOURCE_OF_ANOTHER(
                false,
                (json, ids) -> json.replaceAll("\"sources\": \\[[^]]*]", "\"sources\": [\"" + ids.get(3) + "\"]")),
        SOURCES_GARBAGE(true, (json, _) -> json.replaceAll("\"sources\": \\[[^]]*]", "\"sources\": [\"x\"]")),
        PARENTS_GARBAGE(
                true, (json, _) -> json.replaceAll("\"level\": 1", "\"level\": 1, \"parents\": [{\"ulid\": \"x\"}]")),
        STATS_SMALL(false, (json, _) -> json.replaceAll("\"num([A-Za-z]+)\": [0-9]+", "\"num$1\": 1")),
        STATS_HUGE(true, (json, _) -> json.replaceAll("\"num([A-Za-z]+)\": [0-9]+", "\"num$1\": 9223372036854775807")),
        STATS_NEGATIVE(false, (json, _) -> json.replaceAll("\"num([A-Za-z]+)\": [0-9]+", "\"num$1\": -1")),
        TOMBSTONES_MANY(
                false, (json, _) -> json.replaceFirst("\"stats\": \\{", "\"stats\": {\"numTombstones\": 1000000,")),
        SEGMENT_UNKNOWN(true, (json, _) -> json.replace("\"000001\"", "\"000001\", \"000002\"")),
        SEGMENT_OUTSIDE(true, (json, _) -> json.replace("\"000001\"", "\"../../x\"")),
        SEGMENT_TWICE(false, (json, _) -> json.replace("\"000001\"", "\"000001\", \"000001\"")),
        SEGMENTS_NONE(false, (json, _) -> json.replaceAll("\"segment_files\": \\[[^]]*],", "")),
        FILE_UNKNOWN(true, (json, _) -> json.replace("\"rel_path\": \"index\"", "\"rel_path\": \"inde\"")),
        FILE_OUTSIDE(true, (json, _) -> json.replace("\"rel_path\": \"index\"", "\"rel_path\": \"../../etc/passwd\"")),
        FILE_SIZE(true, (json, _) -> json.replaceFirst("\"size_bytes\": [0-9]+", "\"size_bytes\": 17")),
        FILE_SIZE_NEGATIVE(false, (json, _) -> json.replaceFirst("\"size_bytes\": [0-9]+", "\"size_bytes\": -17")),
        UPLOAD_TIME_TEXT(
                false, (json, _) -> json.replaceAll("\"upload_time\": \"[^\"]*\"", "\"upload_time\": \"soon\"")),
        UPLOAD_TIME_FAR(
                false,
                (json, _) ->
                        json.replaceAll("\"upload_time\": \"[^\"]*\"", "\"upload_time\": \"2999-01-01T00:00:00Z\"")),
        INDEX_STATS_HUGE(
                false,
                (json, _) -> json.replaceAll(
                        "\"index_stats\": \\{[^}]*}",
                        "\"index_stats\": {\"series_max_size\": 9223372036854775807, \"chunk_max_size\": 9223372036854775807}")),
        INDEX_STATS_NEGATIVE(
                false,
                (json, _) -> json.replaceAll(
                        "\"index_stats\": \\{[^}]*}",
                        "\"index_stats\": {\"series_max_size\": -1, \"chunk_max_size\": -1}")),
        INDEX_STATS_SMALL(
                false,
                (json, _) -> json.replaceAll(
                        "\"index_stats\": \\{[^}]*}",
                        "\"index_stats\": {\"series_max_size\": 1, \"chunk_max_size\": 1}"));

        private final boolean isNamed;
        private final Change change;

        Fault(boolean isNamed, Change change) {
            this.isNamed = isNamed;
            this.change = change;
        }
    }

    static List<Fault> faults() {
        return OneBadBlock.sample(Fault.values(), 16);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void run_metaThatIsNotSo_costsNothingElse(Fault fault) throws IOException {
        var harness = new CompactorHarness(directory);
        var ids = harness.addStream(OneBadBlock.A, OneBadBlock.BLOCKS);
        harness.addStream(OneBadBlock.B, OneBadBlock.BLOCKS);
        String key = BlockFiles.key(ids.get(BROKEN), BlockMeta.FILE);
        String json = new String(harness.bucket.readAll(key), StandardCharsets.UTF_8);
        String changed = fault.change.apply(json, ids);
        assertThat(changed).isNotEqualTo(json);
        harness.bucket.put(key, changed.getBytes(StandardCharsets.UTF_8), Bucket.Precondition.NONE);

        OneBadBlock.check(harness, ids.get(BROKEN), !fault.isNamed);
    }
}
