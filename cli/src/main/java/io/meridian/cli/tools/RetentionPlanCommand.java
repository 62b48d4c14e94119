package io.meridian.cli.tools;

import io.meridian.compactor.CompactorFlags;
import io.meridian.compactor.RetentionPlan;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.compactor.plan.RetentionForecast;
import io.meridian.model.json.JsonWriter;
import io.meridian.objstore.Bucket;
import io.meridian.server.flag.GoDuration;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `meridian tools retention plan`.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Shows for each block when retention takes it, why, and how many bytes that saves.",
            "Takes the compactor's flags, so that its own can be given. Touches nothing."
        })
final class RetentionPlanCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    CompactorFlags flags = new CompactorFlags();

    @Option(names = "--output", defaultValue = "table", paramLabel = "table|json", description = "How to print.")
    String output;

    @Override
    public Integer call() throws Exception {
        var clock = InstantSource.system();
        RetentionPlan plan;
        try (Bucket bucket = flags.openBucket()) {
            plan = RetentionPlan.of(bucket, flags.options(clock), clock.millis());
        }
        PrintWriter out = spec.commandLine().getOut();
        if (output.equals("json")) {
            out.println(JsonWriter.compact(plan.toJson()));
        } else {
            print(plan, out);
        }
        out.flush();
        return 0;
    }

    private static void print(RetentionPlan plan, PrintWriter out) {
        var table = new Table("ULID", "STREAM", "RESOLUTION", "AGE", "RETENTION", "STATE", "GONE AT", "WHY", "MB");
        for (var row : plan.rows()) {
            table.add(
                    row.block().id(),
                    row.block().thanos().labels(),
                    Resolutions.name(row.block().thanos().resolutionMs()),
                    days(plan.nowMs() - row.block().maxTimeMs()),
                    row.period().isZero() ? "for ever" : GoDuration.format(row.period()),
                    state(row),
                    time(row.deletedMs()),
                    row.rule(),
                    megabytes(row.bytes()));
        }
        table.print(out);
        plan.unreadable().forEach(id -> out.println(id + ": meta.json cannot be read, so it stays"));
        out.printf("%d blocks, %s MB%n", plan.rows().size(), megabytes(plan.bytes(_ -> true)));
        out.printf("  marked for deletion already: %s MB%n", megabytes(plan.markedBytes()));
        out.printf("  the next pass marks:         %s MB%n", megabytes(plan.dueBytes()));
        out.printf("  wait to be downsampled:      %s MB%n", megabytes(plan.waitingBytes()));
        out.printf("  come due within 30 days:     %s MB%n", megabytes(plan.soonBytes()));
    }

    private static String state(RetentionForecast.Row row) {
        return switch (row.state()) {
            case KEPT -> "kept";
            case AGES -> "ages";
            case WAITS -> "waits for " + Resolutions.name(row.waitsFor());
            case DUE -> "due";
            case MARKED -> "marked";
        };
    }

    private static String days(long ms) {
        return "%.1fd".formatted(ms / (double) Duration.ofDays(1).toMillis());
    }

    private static String time(long ms) {
        return ms == RetentionForecast.NEVER
                ? "never"
                : Instant.ofEpochMilli(ms).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String megabytes(long bytes) {
        return "%.1f".formatted(bytes / 1e6);
    }
}
