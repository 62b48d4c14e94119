package io.meridian.cli.tools;

import io.meridian.compactor.repair.BlockRepair;
import io.meridian.compactor.repair.RepairOptions;
import io.meridian.compactor.repair.RepairReport;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools bucket repair`.
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        description = {
            "Says what is wrong with a block and what can be saved of it; with --apply, does it:",
            "a new, verified block takes the place of the old one, which is marked for deletion.",
            "Exit status 0 if the block is sound or was repaired, 1 otherwise."
        })
final class BucketRepair implements Callable<Integer> {
    private static final int LOSSES_SHOWN = 50;

    @Spec
    CommandSpec spec;

    @Mixin
    BucketFlags bucketFlags;

    @Parameters(paramLabel = "ULID", description = "The block.")
    String block;

    @Option(names = "--apply", description = "Do what is proposed.")
    boolean apply;

    @Option(
            names = "--widen-range",
            description = "Keep chunks outside of the block's range and widen it; they are dropped otherwise.")
    boolean widenRange;

    @Option(
            names = "--label",
            paramLabel = "NAME=\"VALUE\"",
            description = "External label, where meta.json is lost; may be repeated.")
    List<String> labels = new ArrayList<>();

    @Option(
            names = "--resolution",
            defaultValue = "raw",
            paramLabel = "raw|5m|1h",
            description = "Resolution, where meta.json is lost. Default: ${DEFAULT-VALUE}")
    String resolution;

    @Option(names = "--output", defaultValue = "text", paramLabel = "text|json", description = "How to print.")
    String output;

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description =
                    "Where the new block is written before it is uploaded. Default: the system's temporary folder")
    Path workDirectory = Path.of(System.getProperty("java.io.tmpdir"));

    @Override
    public Integer call() throws Exception {
        if (!BlockId.isBlockId(block)) {
            throw new ParameterException(spec.commandLine(), "\"" + block + "\" is not a block: expected a ULID");
        }
        var options = new RepairOptions(
                apply, widenRange, ExternalLabels.parse(spec, "--label", labels), ToolResolutions.parse(resolution));
        Files.createDirectories(workDirectory);
        Path scratch = Files.createTempDirectory(workDirectory, "meridian-repair-");
        try (Bucket bucket = bucketFlags.open()) {
            var report = new BlockRepair(bucket, options, scratch, Instant.now()).run(BlockId.parse(block));
            print(report);
            boolean done = report.verdict() == RepairReport.Verdict.SOUND
                    || (apply && report.verdict() != RepairReport.Verdict.HOPELESS);
            return done ? 0 : 1;
        } finally {
            delete(scratch);
        }
    }

    private void print(RepairReport report) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.equals("json")) {
            out.println(JsonWriter.compact(report.toJson()));
        } else {
            printText(report, out);
        }
        out.flush();
    }

    private void printText(RepairReport report, PrintWriter out) {
        out.println(report.block() + ": "
                + switch (report.verdict()) {
                    case SOUND -> "sound";
                    case REPAIRABLE -> apply ? "repaired" : "can be repaired";
                    case REMAKE -> apply ? "is made again" : "can be made again from finer blocks";
                    case HOPELESS -> "cannot be repaired";
                });
        report.findings().forEach(finding -> out.println("  wrong: " + finding));
        if (report.samples() > 0) {
            out.printf("  kept: %d series, %d samples%n", report.series(), report.samples());
            if (report.removedSamples() > 0) {
                out.printf("  removed: %d samples that were there twice, or deleted%n", report.removedSamples());
            }
            String lost = report.lostSamples() < 0 ? "uncounted" : Long.toString(report.lostSamples());
            out.printf(
                    "  lost: %s samples in %d places%n", lost, report.losses().size());
        }
        report.losses().stream()
                .limit(LOSSES_SHOWN)
                .forEach(loss -> out.printf(
                        "    %s from %s to %s%s: %s%n",
                        loss.series(),
                        Instant.ofEpochMilli(loss.minMs()),
                        Instant.ofEpochMilli(loss.maxMs()),
                        loss.isCounted() ? ", " + loss.samples() + " samples" : "",
                        loss.reason()));
        if (report.losses().size() > LOSSES_SHOWN) {
            out.printf(
                    "    and %d more: --output=json names them all%n",
                    report.losses().size() - LOSSES_SHOWN);
        }
        report.actions().forEach(action -> out.println((apply ? "  done: " : "  with --apply: ") + action));
        report.advice().forEach(advice -> out.println("  note: " + advice));
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /// Resolutions as tools name them.
    static final class ToolResolutions {
        private static final Map<String, Long> BY_NAME = Map.of("raw", 0L, "5m", 300_000L, "1h", 3_600_000L);

        private ToolResolutions() {}

        static long parse(String name) {
            Long found = BY_NAME.get(name);
            if (found == null) {
                throw new IllegalArgumentException("--resolution: use raw, 5m or 1h, not \"" + name + "\"");
            }
            return found;
        }
    }
}
