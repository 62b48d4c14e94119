package io.meridian.cli.tools;

import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockMark;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `meridian tools bucket inspect`.
@Command(name = "inspect", mixinStandardHelpOptions = true, description = "Shows all blocks of a bucket as a table.")
final class BucketInspect implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    BucketFlags bucketFlags;

    @Override
    public Integer call() throws Exception {
        var table = new Table(
                "ULID",
                "FROM",
                "UNTIL",
                "RANGE",
                "#SERIES",
                "#SAMPLES",
                "#CHUNKS",
                "MB",
                "LEVEL",
                "RESOLUTION",
                "SOURCE",
                "LABELS",
                "MARKS");
        try (Bucket bucket = bucketFlags.open()) {
            for (BucketBlocks.Entry entry : BucketBlocks.list(bucket)) {
                String megabytes = "%.1f".formatted(entry.objects().totalBytes() / 1e6);
                var meta = entry.meta();
                if (meta == null) {
                    table.add(entry.objects().id(), entry.problem(), "", "", "", "", "", megabytes, "", "", "", "", "");
                    continue;
                }
                table.add(
                        meta.id(),
                        Instant.ofEpochMilli(meta.minTimeMs()),
                        Instant.ofEpochMilli(meta.maxTimeMs()),
                        Table.duration(meta.maxTimeMs() - meta.minTimeMs()),
                        meta.stats().numSeries(),
                        meta.stats().numSamples(),
                        meta.stats().numChunks(),
                        megabytes,
                        meta.compaction().level(),
                        Table.duration(meta.thanos().resolutionMs()),
                        meta.thanos().source(),
                        meta.thanos().labels(),
                        entry.objects().marks().stream()
                                .map(BlockMark.Kind::file)
                                .collect(Collectors.joining(", ")));
            }
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }
}
