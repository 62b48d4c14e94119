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
import io.meridian.model.Selection;
import io.meridian.model.Series;
import io.meridian.model.SeriesSet;
import io.meridian.model.SeriesSource;
import io.meridian.model.TimeRange;
import io.meridian.model.chunk.ChunkSeries;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// An answer is never partial in silence: a member that fails is named, or ends the query.
class FanoutSourceTest {
    private static final Selection ALL = new Selection(List.of(), TimeRange.ALL);
    private static final SeriesSource HEALTHY =
            new StoredSource("healthy", List.of(new ChunkSeries(Labels.of("a", "b"), List.of())));

    private static final SeriesSource BROKEN = new Answering("broken", () -> {
        throw new QueryException(Fault.STORE_UNAVAILABLE, "disk on fire");
    });

    /// Answers the same to everything.
    private record Answering(String name, Labels externalLabels, Supplier<SeriesSet> answer) implements SeriesSource {
        Answering(String name, Supplier<SeriesSet> answer) {
            this(name, Labels.empty(), answer);
        }

        @Override
        public List<Coverage> coverage() {
            return List.of(new Coverage(externalLabels, TimeRange.ALL));
        }

        @Override
        public SeriesSet select(Selection selection, QueryContext context) {
            return answer.get();
        }

        @Override
        public List<String> labelNames(Selection selection, QueryContext context) {
            answer.get().close();
            return List.of();
        }

        @Override
        public List<String> labelValues(String labelName, Selection selection, QueryContext context) {
            return labelNames(selection, context);
        }
    }

    private static final FanoutSource FANOUT =
            new FanoutSource("test", () -> List.of(Member.local(HEALTHY), Member.local(BROKEN)), Duration.ZERO);

    private static QueryContext context(PartialResponse policy) {
        return new QueryContext(Long.MAX_VALUE / 4, Long.MAX_VALUE, policy);
    }

    private static int count(QueryContext context) {
        int count = 0;
        try (SeriesSet set = FANOUT.select(ALL, context)) {
            while (set.next() != null) {
                count++;
            }
        }
        return count;
    }

    @Test
    void select_memberFails_othersAnswerAndItIsNamed() {
        QueryContext context = context(PartialResponse.WARN);
        assertThat(count(context)).isEqualTo(1);
        assertThat(context.notices())
                .singleElement()
                .asString()
                .contains("broken")
                .contains("disk on fire");
    }

    @Test
    void labels_memberFails_othersAnswerAndItIsNamed() {
        QueryContext names = context(PartialResponse.WARN);
        assertThat(FANOUT.labelNames(ALL, names)).containsExactly("a");
        assertThat(names.notices())
                .singleElement()
                .asString()
                .contains("broken")
                .contains("disk on fire");
        QueryContext values = context(PartialResponse.WARN);
        assertThat(FANOUT.labelValues("a", ALL, values)).containsExactly("b");
        assertThat(values.notices())
                .singleElement()
                .asString()
                .contains("broken")
                .contains("disk on fire");
    }

    @Test
    void all_memberFailsAndPartsAreNotWanted_endTheQuery() {
        assertThatThrownBy(() -> count(context(PartialResponse.ABORT))).hasMessageContaining("disk on fire");
        assertThatThrownBy(() -> FANOUT.labelNames(ALL, context(PartialResponse.ABORT)))
                .hasMessageContaining("disk on fire");
    }

    @Test
    void select_matchersOfExternalLabelsOnly_saysThatTheySelectNothing() {
        var store = Member.local(new Answering("store", Labels.of("cluster", "eu"), () -> SeriesSet.of(List.of())));
        var fanout = new FanoutSource("test", () -> List.of(store), Duration.ZERO);
        var cluster = LabelMatcher.of(LabelMatcher.Type.EQUAL, "cluster", "eu");
        var job = LabelMatcher.of(LabelMatcher.Type.EQUAL, "job", "api");

        QueryContext alone = context(PartialResponse.WARN);
        fanout.select(new Selection(List.of(cluster), TimeRange.ALL), alone).close();
        QueryContext together = context(PartialResponse.WARN);
        fanout.select(new Selection(List.of(cluster, job), TimeRange.ALL), together)
                .close();

        assertThat(alone.notices())
                .singleElement()
                .asString()
                .isEqualTo("store: matchers of external labels alone select nothing: add one of the series, such as"
                        + " __name__!=\"\"");
        assertThat(together.notices()).isEmpty();
    }

    @Test
    void select_memberOutOfOrder_isNamed() {
        List<Series> series = Stream.of("b", "a")
                .<Series>map(value -> new ChunkSeries(Labels.of("a", value), List.of()))
                .toList();
        var member = Member.local(new Answering("unsorted", () -> SeriesSet.of(series)));
        var fanout = new FanoutSource("test", () -> List.of(Member.local(HEALTHY), member), Duration.ZERO);
        QueryContext context = context(PartialResponse.WARN);
        try (SeriesSet set = fanout.select(ALL, context)) {
            assertThat(set.next()).isNotNull();
            assertThat(set.next()).isNull();
        }
        assertThat(context.notices())
                .singleElement()
                .asString()
                .contains("unsorted")
                .contains("out of order");
    }
}
