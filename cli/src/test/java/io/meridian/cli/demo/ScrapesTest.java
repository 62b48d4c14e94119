package io.meridian.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.cli.demo.DemoSeries.Kind;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.testkit.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScrapesTest {
    private static final long SEED = 7;
    private static final long NOW_MS = 1_790_000_000_000L;

    private final Fleet fleet = new Fleet(SEED, "eu");
    private final Scraper scraper = new Scraper(SEED, "eu", "a");

    @Test
    void fill_anyRange_equalsValueAtEachSlot() {
        var random = SeededRandom.create("demo-signals");
        for (int round = 0; round < 3; round++) {
            long fromMs = slot(NOW_MS - random.nextLong(60 * Signal.DAY_MS));
            for (DemoSeries series : ReplicaSource.living(fleet, fromMs, fromMs + 60_000)) {
                for (Signal signal : series.signals()) {
                    var values = new double[1 + random.nextInt(9_000)];
                    signal.fill(fromMs, values);
                    for (int i = 0; i < values.length; i += 1 + random.nextInt(50)) {
                        assertThat(values[i]).isEqualTo(signal.at(fromMs + i * Fleet.SCRAPE_INTERVAL_MS));
                    }
                }
            }
        }
    }

    @Test
    void chunks_adjacentRanges_holdEveryScrapeOnceAndOneStaleMarker() {
        // Far enough that each service had a release.
        long fromMs = slot(NOW_MS) - 6 * Signal.DAY_MS;
        var all = ReplicaSource.living(fleet, fromMs, fromMs + 6 * Signal.DAY_MS);
        for (int i = 0; i < all.size(); i += 29) {
            DemoSeries series = all.get(i);
            var actual = new ExactSamples();
            for (long at = fromMs; at < fromMs + 6 * Signal.DAY_MS; at += BlockMaker.BLOCK_SPAN_MS) {
                var scrapes = new Scrapes(at, at + BlockMaker.BLOCK_SPAN_MS);
                scrapes.expose(series);
                scrapes.chunks(series, scraper, scrapes.scraped(scraper)).forEach(actual::decode);
            }
            assertThat(shown(actual)).isEqualTo(shown(obvious(series, fromMs, fromMs + 6 * Signal.DAY_MS)));
        }
    }

    @Test
    void windows_anyStart_followEachOtherAlignedAndAreShortAtTheEnd() {
        long fromMs = slot(NOW_MS) - 9 * Signal.DAY_MS;
        long untilMs = slot(NOW_MS);
        long at = fromMs;
        for (var window : BlockMaker.windows(fromMs, untilMs, untilMs - Signal.DAY_MS)) {
            assertThat(window.fromMs()).isEqualTo(at);
            at = window.toMs();
            assertThat(window.fromMs() % (at - window.fromMs())).isZero();
            assertThat(window.level() == 1 || at <= untilMs - Signal.DAY_MS).isTrue();
        }
        assertThat(at).isEqualTo(untilMs);
    }

    private static long slot(long timeMs) {
        return Math.floorDiv(timeMs, BlockMaker.BLOCK_SPAN_MS) * BlockMaker.BLOCK_SPAN_MS;
    }

    private ExactSamples obvious(DemoSeries series, long fromMs, long toMs) {
        var samples = new ExactSamples();
        for (long slot = fromMs - 60_000; slot < toMs; slot += Fleet.SCRAPE_INTERVAL_MS) {
            long timeMs = scraper.scrapedAtMs(slot);
            if (timeMs < fromMs || timeMs >= toMs || slot < series.bornMs() || slot > series.diedMs()) {
                continue;
            }
            boolean last = slot == series.diedMs();
            if (series.kind() == Kind.NATIVE_HISTOGRAM) {
                if (last) {
                    samples.append(0, timeMs, io.meridian.model.Histogram.stale());
                } else if (scraper.scraped(slot)) {
                    samples.append(0, timeMs, series.histograms(slot, 1).getFirst());
                }
            } else if (last || scraper.scraped(slot)) {
                samples.append(0, timeMs, last ? StaleMarker.VALUE : series.valueAt(slot));
            }
        }
        // Through the same encoding, which knows counter resets.
        var decoded = new ExactSamples();
        ChunkEncoder.encode(samples, false).forEach(decoded::decode);
        return decoded;
    }

    private static List<String> shown(ExactSamples samples) {
        var shown = new ArrayList<String>();
        for (int i = 0; i < samples.size(); i++) {
            String value = switch (samples.kind(i)) {
                case FLOAT -> Long.toHexString(Double.doubleToRawLongBits(samples.value(i)));
                case HISTOGRAM ->
                    samples.histogram(i).count() + "/" + samples.histogram(i).sum();
                case FLOAT_HISTOGRAM -> "float histogram";
            };
            shown.add(samples.time(i) + " " + value);
        }
        return shown;
    }
}
