package io.meridian.compactor;

import io.meridian.objstore.Bucket;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockFiles;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A block whose checksums all fit and whose content makes no sense: it is named and set aside, whatever the sense was,
/// and costs nothing else.
@Sampled
class InternalsFaultTest {
    private static final int BROKEN = 2;
    private static final int ROUNDS = Sampled.ALL ? 60 : 2;

    @TempDir
    private Path directory;

    @FunctionalInterface
    private interface Change {
        void apply(BlockSurgery at, RandomGenerator random);
    }

    private enum Fault {
        SYMBOLS_FEWER("index", (at, _) -> at.setInt(at.symbols(), 0, 3)),
        SYMBOLS_MANY("index", (at, _) -> at.setInt(at.symbols(), 0, -1)),
        SYMBOLS_OUT_OF_ORDER("index", (at, _) -> at.swap(at.symbols(), 6, 8, 1)),
        SYMBOL_BEYOND_THE_END(
                "index", (at, _) -> at.set(at.symbols(), at.symbols().length() - 15, 0x7f)),
        SERIES_WITHOUT_LABELS("index", (at, _) -> at.set(at.series().get(1), 0, 0)),
        SERIES_OF_UNKNOWN_SYMBOL("index", (at, _) -> at.set(at.series().get(1), 1, 0x7f)),
        SERIES_TWICE(
                "index",
                (at, _) -> at.set(
                        at.series().get(2), 4, at.bytes()[at.series().get(1).from() + 4])),
        SERIES_OUT_OF_ORDER(
                "index",
                (at, _) -> at.swap(
                        at.series().get(1),
                        4,
                        at.series().get(2).from() - at.series().get(1).from() + 4,
                        1)),
        SERIES_WITHOUT_CHUNKS("index", (at, _) -> at.set(at.series().get(1), 5, 0)),
        SERIES_WITH_TOO_MANY_CHUNKS("index", (at, _) -> at.set(at.series().get(1), 5, 0x7f)),
        SERIES_AT_OTHER_TIMES("index", (at, _) -> at.set(at.series().get(1), 7, 0x01)),
        SERIES_OF_MISSING_SEGMENT(
                "index",
                (at, _) -> at.set(at.series().get(1), at.series().get(1).length() - 1, 0x7f)),
        SERIES_RANDOM("index", (at, random) -> at.damage(at.series().get(random.nextInt(3)), random)),
        POSTINGS_LACK_A_SERIES("index", (at, _) -> at.setInt(at.postings().getFirst(), 0, 2)),
        POSTINGS_LACK_ALL("index", (at, _) -> at.setInt(at.postings().getFirst(), 0, 0)),
        POSTINGS_TWICE(
                "index",
                (at, _) -> at.setInt(
                        at.postings().getFirst(), 8, at.series().get(0).from() / 16)),
        POSTINGS_DESCEND("index", (at, _) -> at.swap(at.postings().getFirst(), 4, 8, 4)),
        POSTINGS_OF_NOTHING("index", (at, _) -> at.setInt(at.postings().getFirst(), 8, 0x7fffff)),
        POSTINGS_RANDOM(
                "index",
                (at, random) ->
                        at.damage(at.postings().get(random.nextInt(at.postings().size())), random)),
        POSTINGS_TABLE_NAMES_ANOTHER_LIST("index", (at, _) -> at.moveAllPostings(1)),
        POSTINGS_TABLE_CUT_RANDOM("index", (at, _) -> at.setInt(at.postingsTable(), 0, 1)),
        POSTINGS_TABLE_RANDOM("index", (at, random) -> at.damage(at.postingsTable(), random)),
        TOC_SYMBOLS("index", (at, _) -> at.setLong(at.toc(), 0, Long.MAX_VALUE)),
        TOC_SERIES("index", (at, _) -> at.setLong(at.toc(), 8, -1)),
        TOC_NOTHING("index", (at, _) -> at.setLong(at.toc(), 40, 0)),
        TOC_RANDOM("index", (at, random) -> at.damage(at.toc(), random)),
        CHUNK_OF_UNKNOWN_ENCODING("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 0, 99)),
        CHUNK_OF_NO_ENCODING("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 0, 0)),
        CHUNK_OF_HISTOGRAMS("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 0, 2)),
        CHUNK_WITHOUT_SAMPLES("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 2, 0)),
        CHUNK_WITH_FEWER_SAMPLES("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 2, 7)),
        CHUNK_WITH_MORE_SAMPLES("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 1, 9)),
        CHUNK_AT_OTHER_TIMES("chunks/000001", (at, _) -> at.set(at.chunks().get(1), 5, 0xff)),
        CHUNK_LENGTH("chunks/000001", (at, _) -> at.bytes()[at.chunks().get(1).from() - 1] ^= 1),
        CHUNK_RANDOM("chunks/000001", (at, random) -> at.damage(at.chunks().get(random.nextInt(3)), random));

        private final String file;
        private final Change change;

        Fault(String file, Change change) {
            this.file = file;
            this.change = change;
        }

        boolean isRandom() {
            return name().endsWith("RANDOM");
        }
    }

    static List<Fault> faults() {
        return OneBadBlock.sample(Fault.values(), 10);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void run_blockThatMakesNoSense_costsNothingElse(Fault fault) throws IOException {
        var random = SeededRandom.create(fault.name());
        for (int round = 0; round < (fault.isRandom() ? ROUNDS : 1); round++) {
            var harness = new CompactorHarness(directory.resolve(String.valueOf(round)));
            var ids = harness.addStream(OneBadBlock.A, OneBadBlock.BLOCKS);
            harness.addStream(OneBadBlock.B, OneBadBlock.BLOCKS);
            BlockId bad = ids.get(BROKEN);
            String key = BlockFiles.key(bad, fault.file);
            var surgery = new BlockSurgery(harness.bucket.readAll(key));
            fault.change.apply(surgery, random);
            harness.bucket.put(key, surgery.bytes(), Bucket.Precondition.NONE);
            OneBadBlock.check(harness, bad, fault.isRandom());
        }
    }
}
