package io.meridian.cli.tools;

import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockVerifier;
import java.io.PrintWriter;

/// Prints what verification found, a line a block, an indented line a finding.
final class VerifyPrinter {
    private final PrintWriter out;
    private int sound;
    private int broken;

    VerifyPrinter(PrintWriter out) {
        this.out = out;
    }

    void print(BlockVerifier.Report report) {
        if (report.isSound()) {
            sound++;
            out.printf(
                    "%s ok: %d series, %d chunks, %d samples%n",
                    report.id(), report.seriesCount(), report.chunkCount(), report.sampleCount());
        } else {
            broken++;
            out.printf("%s BROKEN%n", report.id());
            report.issues().forEach(issue -> out.println("  " + issue.getMessage()));
        }
        out.flush();
    }

    void problem(BlockId id, String what) {
        broken++;
        out.printf("%s BROKEN%n  %s%n", id, what);
        out.flush();
    }

    /// The exit status.
    int finish() {
        out.printf("%d sound, %d broken%n", sound, broken);
        out.flush();
        return broken == 0 ? 0 : 1;
    }
}
