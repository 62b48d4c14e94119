package io.meridian.querier.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.Coverage;
import io.meridian.model.Fault;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryContext.PartialResponse;
import io.meridian.model.QueryException;
import io.meridian.model.SampleBuffer;
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.ChunkSeries;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.XorEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FanoutSourceTest {
    private static final long BYTES_MAX = 1 << 20;

    @Test
    void select_severalSources_mergesInOrderAndDropsEqualChunks() {
        var first = new StoredSource("first", List.of(series("a", 1, 2), series("c", 1, 2)));
        var second = new StoredSource("second", List.of(series("a", 1, 2), series("b", 5), series("c", 3, 4)));

        List<Series> read = read(fanout(first, second), List.of(), context(PartialResponse.ABORT));

        assertThat(read).extracting(each -> each.labels().get("name")).containsExactly("a", "b", "c");
        assertThat(((ChunkSeries) read.get(0)).chunks()).hasSize(1);
        assertThat(((ChunkSeries) read.get(2)).chunks()).hasSize(2);
        assertThat(times(read.get(2))).containsExactly(1, 2, 3, 4);
    }

    @Test
    void select_failingSourceUnderWarn_leavesNoticeAndKeepsTheRest() {
        var context = context(PartialResponse.WARN);

        List<Series> read =
                read(fanout(new StoredSource("good", List.of(series("a", 1))), failing()), List.of(), context);

        assertThat(read).hasSize(1);
        assertThat(context.notices()).singleElement().hasToString("fetch series for broken: bucket is on fire");
    }

    @Test
    void select_failingSourceUnderAbort_endsQuery() {
        var fanout = fanout(new StoredSource("good", List.of(series("a", 1))), failing());

        assertThatThrownBy(() -> read(fanout, List.of(), context(PartialResponse.ABORT)))
                .isInstanceOf(QueryException.class)
                .hasMessage("fetch series for broken: bucket is on fire");
    }

    @Test
    void select_noSourceUnderAbort_saysSo() {
        assertThatThrownBy(() -> read(fanout(), List.of(), context(PartialResponse.ABORT)))
                .hasMessage("proxy Series(): No StoreAPIs available");
        assertThat(read(fanout(), List.of(), context(PartialResponse.WARN))).isEmpty();
    }

    @Test
    void select_unsortedSource_isAFailureOfThatSource() {
        var unsorted = new Wrapped(new StoredSource("unsorted", List.of())) {
            @Override
            public SeriesSet select(Selection selection, QueryContext context) {
                return SeriesSet.of(List.of(series("b", 1), series("a", 1)));
            }
        };
        var context = context(PartialResponse.WARN);

        read(fanout(unsorted), List.of(), context);

        assertThat(context.notices()).singleElement().asString().contains("series out of order");
    }

    @Test
    void select_matcherContradictsExternalLabels_sourceIsNotAsked() {
        var eu = new StoredSource("eu", Labels.of("region", "eu"), List.of(series("a", 1)));

        assertThat(read(
                        fanout(eu, failing()),
                        List.of(LabelMatcher.equal("region", "us")),
                        context(PartialResponse.WARN)))
                .isEmpty();
        assertThat(read(fanout(eu), List.of(), context(PartialResponse.WARN))).hasSize(1);
    }

    @Test
    void select_silentSource_countsAsFailedAfterResponseTimeout() {
        var never = new CountDownLatch(1);
        var silent = new Wrapped(new StoredSource("silent", List.of())) {
            @Override
            public SeriesSet select(Selection selection, QueryContext context) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return SeriesSet.of(List.of());
            }
        };
        var fanout = new FanoutSource("all", () -> List.of(Member.local(silent)), Duration.ofMillis(20));
        var context = context(PartialResponse.WARN);

        assertThat(read(fanout, List.of(), context)).isEmpty();
        assertThat(context.notices()).singleElement().asString().contains("failed to receive any data in");
    }

    @Test
    void select_cancelledQuery_ends() {
        var context = context(PartialResponse.WARN);
        var cancelling = new Wrapped(new StoredSource("cancelling", List.of())) {
            @Override
            public SeriesSet select(Selection selection, QueryContext inner) {
                inner.cancel();
                throw new QueryException(Fault.CANCELLED, "gone");
            }
        };

        assertThatThrownBy(() -> read(fanout(cancelling), List.of(), context)).hasMessageContaining("canceled");
    }

    @Test
    void labels_unionOfSources_sortedOnce() {
        var fanout = fanout(
                new StoredSource("first", List.of(series("a", 1))),
                new StoredSource("second", List.of(series("b", 1))));
        var selection = new Selection(List.of(), TimeRange.ALL);

        assertThat(fanout.labelNames(selection, QueryContext.unlimited())).containsExactly("name");
        assertThat(fanout.labelValues("name", selection, QueryContext.unlimited()))
                .containsExactly("a", "b");
    }

    /// A source of its own making where one method matters.
    private static class Wrapped implements SeriesSource {
        private final SeriesSource inner;

        Wrapped(SeriesSource inner) {
            this.inner = inner;
        }

        @Override
        public String name() {
            return inner.name();
        }

        @Override
        public List<Coverage> coverage() {
            return inner.coverage();
        }

        @Override
        public SeriesSet select(Selection selection, QueryContext context) {
            return inner.select(selection, context);
        }

        @Override
        public List<String> labelNames(Selection selection, QueryContext context) {
            return inner.labelNames(selection, context);
        }

        @Override
        public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
            return inner.labelValues(labelName, selection, context);
        }
    }

    private static SeriesSource failing() {
        return new Wrapped(new StoredSource("broken", Labels.of("region", "eu"), List.of())) {
            @Override
            public SeriesSet select(Selection selection, QueryContext context) {
                throw new QueryException(Fault.STORE_UNAVAILABLE, "bucket is on fire");
            }
        };
    }

    private static FanoutSource fanout(SeriesSource... sources) {
        var members = Arrays.stream(sources).map(Member::local).toList();
        return new FanoutSource("all", () -> members, Duration.ZERO);
    }

    private static QueryContext context(PartialResponse policy) {
        return new QueryContext(Duration.ofMinutes(1).toNanos(), BYTES_MAX, policy);
    }

    private static List<Series> read(FanoutSource fanout, List<LabelMatcher> matchers, QueryContext context) {
        var all = new ArrayList<Series>();
        try (SeriesSet set = fanout.select(new Selection(matchers, TimeRange.ALL), context)) {
            for (Series series = set.next(); series != null; series = set.next()) {
                all.add(series);
            }
        }
        return all;
    }

    private static ChunkSeries series(String name, long... times) {
        var encoder = new XorEncoder();
        for (long time : times) {
            encoder.append(time, (double) time);
        }
        var chunk = new EncodedChunk(ChunkEncoding.XOR, times[0], times[times.length - 1], encoder.toBytes());
        return new ChunkSeries(Labels.of("name", name), List.of(chunk));
    }

    private static long[] times(Series series) {
        var samples = new SampleBuffer();
        series.read(TimeRange.ALL, samples);
        return Arrays.copyOf(samples.times(), samples.size());
    }
}
