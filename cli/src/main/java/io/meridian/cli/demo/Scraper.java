package io.meridian.cli.demo;

/// When one replica scraped: its own offset within the interval, its own missed scrapes and outages.
final class Scraper {
    private static final double MISSED_SHARE = 0.002;
    private static final long OUTAGE_WINDOW_MS = 6 * Signal.DAY_MS;
    private static final long OUTAGE_MIN_MS = 600_000;
    private static final long OUTAGE_SPREAD_MS = 1_800_000;

    private final long seed;
    private final long offsetMs;

    Scraper(long seed, String region, String replica) {
        this.seed = Noise.bits(seed, region.hashCode(), replica.hashCode());
        this.offsetMs = 1_000 + (long) (Noise.unit(this.seed) * 28_000);
    }

    /// When the slot's sample was taken, in milliseconds since the epoch.
    long scrapedAtMs(long slotMs) {
        return slotMs + offsetMs;
    }

    /// [#scraped] for `count` successive slots.
    boolean[] scraped(long firstSlotMs, int count) {
        var scraped = new boolean[count];
        for (int i = 0; i < count; i++) {
            scraped[i] = scraped(firstSlotMs + i * Fleet.SCRAPE_INTERVAL_MS);
        }
        return scraped;
    }

    /// Whether this replica scraped at all in the slot.
    boolean scraped(long slotMs) {
        long window = Math.floorDiv(slotMs, OUTAGE_WINDOW_MS);
        long outageMs =
                window * OUTAGE_WINDOW_MS + (long) (Noise.unit(seed, window, 1) * (OUTAGE_WINDOW_MS - 3_600_000));
        long lengthMs = OUTAGE_MIN_MS + (long) (Noise.unit(seed, window, 2) * OUTAGE_SPREAD_MS);
        boolean out = slotMs >= outageMs && slotMs < outageMs + lengthMs;
        return !out && Noise.unit(seed, slotMs, 3) >= MISSED_SHARE;
    }
}
