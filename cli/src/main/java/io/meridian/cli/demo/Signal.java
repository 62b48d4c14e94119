package io.meridian.cli.demo;

/// The value of one series as a pure function of time, so that every sample can be recomputed independently.
sealed interface Signal {
    long DAY_MS = 86_400_000L;

    /// @param timeMs a scrape slot, in milliseconds since the epoch
    double at(long timeMs);

    /// The values at `target.length` successive slots, the first at `firstMs`: equal to [#at], with what does not
    /// change from slot to slot computed once.
    default void fill(long firstMs, double[] target) {
        for (int i = 0; i < target.length; i++) {
            target[i] = at(firstMs + i * Fleet.SCRAPE_INTERVAL_MS);
        }
    }

    /// A level with a daily swing and some noise, rounded to `precision`.
    record Gauge(long seed, double level, double swing, double noise, double precision) implements Signal {
        @Override
        public double at(long timeMs) {
            return at(timeMs, 6.283 * Noise.unit(seed));
        }

        @Override
        public void fill(long firstMs, double[] target) {
            double shift = 6.283 * Noise.unit(seed);
            for (int i = 0; i < target.length; i++) {
                target[i] = at(firstMs + i * Fleet.SCRAPE_INTERVAL_MS, shift);
            }
        }

        private double at(long timeMs, double shift) {
            double phase = 2 * Math.PI * (timeMs % DAY_MS) / DAY_MS + shift;
            double raw = level * (1 + swing * Math.sin(phase) + noise * (Noise.unit(seed, timeMs) - 0.5));
            return Math.rint(raw / precision) * precision;
        }
    }

    /// A count that grows with a daily rhythm and starts again from zero whenever its process restarts.
    ///
    /// @param perSecond  mean growth
    /// @param restartsMs the process restarts once in each window of this length, at a moment of its own
    /// @param processSeed what decides the moments; shared by all counters of one process
    record Counter(long seed, double perSecond, long restartsMs, long processSeed) implements Signal {
        private static final double SWING = 0.6;

        @Override
        public double at(long timeMs) {
            double shift = 6.283 * Noise.unit(seed);
            return Math.floor(total(timeMs, shift) - total(startedMs(timeMs), shift));
        }

        @Override
        public void fill(long firstMs, double[] target) {
            double shift = 6.283 * Noise.unit(seed);
            long window = Long.MIN_VALUE;
            long nextMs = Long.MIN_VALUE;
            double before = 0;
            for (int i = 0; i < target.length; i++) {
                long timeMs = firstMs + i * Fleet.SCRAPE_INTERVAL_MS;
                long own = Math.floorDiv(timeMs, restartsMs);
                if (own != window || timeMs >= nextMs) {
                    window = own;
                    long start = startInWindow(own);
                    nextMs = timeMs < start ? start : Long.MAX_VALUE;
                    before = total(startedMs(timeMs), shift);
                }
                target[i] = Math.floor(total(timeMs, shift) - before);
            }
        }

        /// When the process that runs at `timeMs` was started.
        long startedMs(long timeMs) {
            long window = Math.floorDiv(timeMs, restartsMs);
            long started = startInWindow(window);
            return started <= timeMs ? started : startInWindow(window - 1);
        }

        private long startInWindow(long window) {
            return window * restartsMs + (long) (Noise.unit(processSeed, window) * restartsMs);
        }

        /// The integral of the rate, plus noise too small to make it fall within half a minute.
        private double total(long timeMs, double shift) {
            double days = (double) timeMs / DAY_MS;
            double wave = SWING / (2 * Math.PI) * Math.cos(2 * Math.PI * (days - Math.floor(days)) + shift);
            double noise = 0.3 * (1 - SWING) * 30 * Noise.unit(seed, timeMs / 30_000);
            return perSecond * ((days - wave) * 86_400 + noise);
        }
    }

    /// The same at all times.
    record Constant(double value) implements Signal {
        @Override
        public double at(long timeMs) {
            return value;
        }
    }

    /// When the process of a counter started, in seconds.
    record StartTime(Counter process) implements Signal {
        @Override
        public double at(long timeMs) {
            return process.startedMs(timeMs) / 1000.0;
        }
    }
}
