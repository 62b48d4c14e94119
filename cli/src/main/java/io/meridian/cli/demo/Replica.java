package io.meridian.cli.demo;

import io.meridian.cli.demo.DemoSeries.Kind;
import io.meridian.model.Histogram;
import io.meridian.model.Labels;
import io.meridian.model.StaleMarker;
import io.meridian.model.chunk.ExactSamples;

/// One Prometheus of a region as the demo plays it: which samples it has, when.
///
/// @param external its external labels
record Replica(Labels external, Fleet fleet, Scraper scraper) {
    /// Appends what this replica scraped of a series within `[fromMs, toMs)`, and the stale marker of a series that
    /// has ended.
    void sample(DemoSeries series, long fromMs, long toMs, ExactSamples target) {
        long interval = Fleet.SCRAPE_INTERVAL_MS;
        // Scrapes lag their slot by less than an interval.
        long slot = Math.max(Math.floorDiv(fromMs, interval) - 1, Math.floorDiv(series.bornMs(), interval)) * interval;
        while (true) {
            long time = scraper.scrapedAtMs(slot);
            if (time >= toMs || slot > series.diedMs()) {
                return;
            }
            if (time >= fromMs && slot >= series.bornMs()) {
                append(series, slot, time, target);
            }
            slot += interval;
        }
    }

    private void append(DemoSeries series, long slot, long time, ExactSamples target) {
        boolean ended = slot + Fleet.SCRAPE_INTERVAL_MS > series.diedMs();
        if (ended) {
            if (series.kind() == Kind.FLOAT) {
                target.append(0, time, StaleMarker.VALUE);
            } else {
                target.append(0, time, Histogram.stale());
            }
        } else if (scraper.scraped(slot)) {
            if (series.kind() == Kind.FLOAT) {
                target.append(0, time, series.valueAt(slot));
            } else {
                target.append(0, time, series.histogramAt(slot));
            }
        }
    }
}
