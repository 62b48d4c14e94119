package io.meridian.cli.demo;

import io.meridian.cli.demo.DemoSeries.Kind;
import io.meridian.model.Histogram;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ChunkEncoder;
import io.meridian.model.chunk.ChunkEncoding;
import io.meridian.model.chunk.EncodedChunk;
import io.meridian.model.chunk.ExactSamples;
import io.meridian.model.chunk.XorEncoder;
import java.util.ArrayList;
import java.util.List;

/// The slots whose scrapes may fall into a time range. What the targets expose at them is the same for both replicas of
/// a region and is computed once; when each replica scraped, and when it did not, is its own.
///
/// Not thread-safe: it holds the series that is worked on.
final class Scrapes {
    private final long fromMs;
    private final long toMs;
    private final long firstSlotMs;
    private final double[] values;
    private List<Histogram> histograms = List.of();
    private final XorEncoder encoder = new XorEncoder();

    /// @param fromMs inclusive
    /// @param toMs   exclusive
    Scrapes(long fromMs, long toMs) {
        this.fromMs = fromMs;
        this.toMs = toMs;
        long interval = Fleet.SCRAPE_INTERVAL_MS;
        // Scrapes lag their slot by less than an interval.
        this.firstSlotMs = (Math.floorDiv(fromMs, interval) - 1) * interval;
        this.values = new double[Math.toIntExact(Math.max(0, (toMs - firstSlotMs + interval - 1) / interval))];
    }

    private long slotMs(int slot) {
        return firstSlotMs + slot * Fleet.SCRAPE_INTERVAL_MS;
    }

    /// In which of the slots a replica scraped.
    boolean[] scraped(Scraper scraper) {
        return scraper.scraped(firstSlotMs, values.length);
    }

    /// Computes what a series' target exposes.
    void expose(DemoSeries series) {
        if (series.kind() == Kind.FLOAT) {
            series.fill(firstSlotMs, values);
            return;
        }
        histograms = series.histograms(firstSlotMs, values.length);
    }

    /// What one replica has of the series last exposed: its scrapes in the range, and the stale marker of a series that
    /// has ended.
    ///
    /// @param scraped as [#scraped] says
    List<EncodedChunk> chunks(DemoSeries series, Scraper scraper, boolean[] scraped) {
        int first = 0;
        while (first < values.length
                && (scraper.scrapedAtMs(slotMs(first)) < fromMs || slotMs(first) < series.bornMs())) {
            first++;
        }
        int end = first;
        int stale = -1;
        while (end < values.length && scraper.scrapedAtMs(slotMs(end)) < toMs && stale < 0) {
            stale = slotMs(end) + Fleet.SCRAPE_INTERVAL_MS > series.diedMs() ? end : -1;
            end++;
        }
        if (stale >= 0 && slotMs(stale) > series.diedMs()) {
            return List.of();
        }
        return series.kind() == Kind.FLOAT
                ? floats(scraper, scraped, first, end, stale)
                : histograms(scraper, scraped, first, end, stale);
    }

    private List<EncodedChunk> floats(Scraper scraper, boolean[] scraped, int first, int end, int stale) {
        var chunks = new ArrayList<EncodedChunk>(4);
        encoder.clear();
        long minMs = 0;
        long maxMs = 0;
        for (int slot = first; slot < end; slot++) {
            if (!scraped[slot] && slot != stale) {
                continue;
            }
            if (encoder.sampleCount() == ChunkEncoder.SAMPLES_MAX) {
                chunks.add(new EncodedChunk(ChunkEncoding.XOR, minMs, maxMs, encoder.toBytes()));
                encoder.clear();
            }
            maxMs = scraper.scrapedAtMs(slotMs(slot));
            minMs = encoder.sampleCount() == 0 ? maxMs : minMs;
            encoder.append(maxMs, slot == stale ? StaleMarker.VALUE : values[slot]);
        }
        if (encoder.sampleCount() > 0) {
            chunks.add(new EncodedChunk(ChunkEncoding.XOR, minMs, maxMs, encoder.toBytes()));
        }
        return chunks;
    }

    private List<EncodedChunk> histograms(Scraper scraper, boolean[] scraped, int first, int end, int stale) {
        var samples = new ExactSamples();
        for (int slot = first; slot < end; slot++) {
            if (slot == stale) {
                samples.append(0, scraper.scrapedAtMs(slotMs(slot)), Histogram.stale());
            } else if (scraped[slot]) {
                samples.append(0, scraper.scrapedAtMs(slotMs(slot)), histograms.get(slot));
            }
        }
        return ChunkEncoder.encode(samples, false);
    }
}
