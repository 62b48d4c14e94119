package io.meridian.storegateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.TimeRange;
import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.InMemoryBucket;
import io.meridian.testkit.Sampled;
import io.meridian.testkit.SeededRandom;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever happens to the bytes of one block's index and segments: answers have every sample of the others, and of its
/// own those that it still has, never another one; and where one is missing, they say so.
@Sampled
class MutatedBlockTest {
    private static final long HOUR_MS = TestBlocks.HOUR_MS;
    private static final Labels CLUSTER = Labels.of("cluster", "a");
    private static final int ROUNDS = Sampled.ALL ? 200 : 25;
    private static final List<LabelMatcher> MATCHERS = List.of(
            LabelMatcher.of(LabelMatcher.Type.EQUAL, "__name__", "up"),
            LabelMatcher.of(LabelMatcher.Type.EQUAL, "instance", "00003"),
            LabelMatcher.of(LabelMatcher.Type.REGEX, "instance", "0000[1-4]|x"),
            LabelMatcher.of(LabelMatcher.Type.NOT_EQUAL, "instance", "00002"));

    @TempDir
    Path directory;

    private record Answer(TreeSet<String> inside, TreeSet<String> outside, AtomicBoolean warned) {}

    @Test
    void select_mutatedBlock_isNeverSilentlyWrong() throws IOException {
        var bucket = new InMemoryBucket();
        var blocks = new TestBlocks(bucket, Files.createDirectories(directory.resolve("blocks")));
        BlockId mutated = null;
        for (int i = 0; i < 3; i++) {
            BlockId id = blocks.add(i * HOUR_MS, (i + 1) * HOUR_MS, CLUSTER, 0, 40);
            mutated = i == 1 ? id : mutated;
        }
        List<Answer> sound = new ArrayList<>();
        for (LabelMatcher matcher : MATCHERS) {
            sound.add(answer(bucket, matcher, -1));
        }
        assertThat(sound).allSatisfy(answer -> {
            assertThat(answer.warned()).isFalse();
            assertThat(answer.inside()).isNotEmpty();
        });
        RandomGenerator random = SeededRandom.create("MutatedBlockTest");
        for (int round = 0; round < ROUNDS; round++) {
            String key = mutated + (random.nextInt(3) == 0 ? "/chunks/000001" : "/index");
            byte[] original = bucket.readAll(key);
            byte[] bytes = mutate(original, random);
            bucket.put(key, bytes, Precondition.NONE);
            for (int i = 0; i < MATCHERS.size(); i++) {
                String what = "round " + round + ", " + key + ", first difference at "
                        + Arrays.mismatch(original, bytes) + " of " + original.length + ", " + MATCHERS.get(i);
                Answer expected = sound.get(i);
                Answer actual = answer(bucket, MATCHERS.get(i), round);
                assertThat(actual.outside()).as(what).isEqualTo(expected.outside());
                assertThat(expected.inside()).as(what).containsAll(actual.inside());
                assertThat(actual.warned().get() || actual.inside().equals(expected.inside()))
                        .as(what + ": " + actual.inside().size() + " of "
                                + expected.inside().size() + " samples, and no warning")
                        .isTrue();
            }
            bucket.put(key, original, Precondition.NONE);
        }
    }

    private Answer answer(InMemoryBucket bucket, LabelMatcher matcher, int round) throws IOException {
        var answer = new Answer(new TreeSet<>(), new TreeSet<>(), new AtomicBoolean());
        var context = new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, PartialResponse.WARN);
        var everything = new Selection(List.of(matcher), new TimeRange(0, 3 * HOUR_MS));
        try (BlockCatalog catalog =
                TestBlocks.catalog(bucket, directory.resolve("local-" + round), TestBlocks.settings())) {
            catalog.sync();
            try (var set = TestBlocks.source(catalog).select(everything, context)) {
                for (Series series = set.next(); series != null; series = set.next()) {
                    var samples = new SampleBuffer();
                    series.read(everything.range(), samples);
                    for (int i = 0; i < samples.size(); i++) {
                        long time = samples.times()[i];
                        var side = time / HOUR_MS == 1 ? answer.inside() : answer.outside();
                        side.add(series.labels() + " " + time + " " + samples.values()[i]);
                    }
                }
            }
        }
        answer.warned().set(!context.notices().isEmpty());
        return answer;
    }

    private static byte[] mutate(byte[] original, RandomGenerator random) {
        byte[] bytes = original.clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(5)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(200)), (byte) 0);
            case 3 -> bytes = Arrays.copyOf(bytes, at);
            default -> System.arraycopy(original, 0, bytes, at, bytes.length - at);
        }
        return bytes;
    }
}
