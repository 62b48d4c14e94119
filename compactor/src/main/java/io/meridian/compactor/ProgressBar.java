package io.meridian.compactor;

import io.meridian.server.log.LogSink;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// What is left to do, as one line that a terminal shows in place.
final class ProgressBar {
    private static final int CELLS = 30;
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final CompactorStatus status;
    private final PrintWriter out;
    private final Thread painter;

    /// Begins to paint.
    ProgressBar(CompactorStatus status, PrintWriter out) {
        this.status = status;
        this.out = out;
        this.painter = Thread.ofPlatform().name("progress").daemon().start(this::paint);
    }

    /// Whether standard error is a terminal that can write over a line; log lines tell the rest where it is not.
    static boolean isTerminal() {
        if ("dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (java.io.IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void paint() {
        try {
            while (true) {
                LogSink.status(status.progress().line());
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            LogSink.status("");
            out.println(status.progress().line());
            out.flush();
        }
    }

    /// Leaves the last line as it is.
    void stop() {
        painter.interrupt();
        try {
            painter.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// How far the work is.
    ///
    /// @param state       what is done now
    /// @param blocksLeft  to be merged or downsampled
    /// @param samplesDone in this process
    /// @param rate        samples per second; 0 if not known yet
    record State(
            String state,
            int groups,
            int blocksLeft,
            long samplesDone,
            long samplesLeft,
            double rate,
            double etaSeconds) {
        String line() {
            long all = samplesDone + samplesLeft;
            double share = all == 0 ? 1 : (double) samplesDone / all;
            int full = (int) (share * CELLS);
            String eta = etaSeconds > 0 ? ", %s left".formatted(duration(etaSeconds)) : "";
            return "[%s%s] %3d%% %s: %s, %s to do, %s of %s samples, %s/s%s"
                    .formatted(
                            "#".repeat(full),
                            ".".repeat(CELLS - full),
                            (int) (100 * share),
                            state,
                            plural(groups, "group"),
                            plural(blocksLeft, "block"),
                            count(samplesDone),
                            count(all),
                            count((long) rate),
                            eta);
        }

        private static String plural(int count, String noun) {
            return count + " " + noun + (count == 1 ? "" : "s");
        }

        private static String duration(double seconds) {
            long whole = Math.max(1, Math.round(seconds));
            return whole < 90
                    ? whole + " s"
                    : whole < 5400 ? (whole + 30) / 60 + " min" : "%.1f h".formatted(whole / 3600.0);
        }

        private static String count(long samples) {
            return samples < 10_000
                    ? Long.toString(samples)
                    : samples < 10_000_000 ? samples / 1000 + "k" : String.format(Locale.ROOT, "%.1fM", samples / 1e6);
        }
    }
}
