package io.meridian.cli.demo;

import java.io.Console;
import java.io.PrintWriter;

/// One line of progress: in place on a terminal, every few seconds elsewhere.
final class Progress {
    private static final long LINE_INTERVAL_NANOS = 5_000_000_000L;

    private final PrintWriter out;
    private final String what;
    private final long total;
    private final boolean inPlace = isTerminal();
    private final long startNanos = System.nanoTime();
    private long printedNanos = startNanos;

    /// @param total how much there is to do, or 0 if that is not known
    Progress(PrintWriter out, String what, long total) {
        this.out = out;
        this.what = what;
        this.total = total;
    }

    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    void at(long done) {
        long now = System.nanoTime();
        if (inPlace) {
            out.print("\r" + line(done, now));
            out.flush();
        } else if (now - printedNanos > LINE_INTERVAL_NANOS) {
            printedNanos = now;
            out.println(line(done, now));
            out.flush();
        }
    }

    private String line(long done, long now) {
        long seconds = (now - startNanos) / 1_000_000_000;
        return total == 0
                ? "%s … %d s".formatted(what, seconds)
                : "%s … %d of %d, %d s".formatted(what, done, total, seconds);
    }

    void finish() {
        long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
        out.println((inPlace ? "\r" : "") + what + ": done in " + seconds + " s" + (inPlace ? "            " : ""));
        out.flush();
    }
}
