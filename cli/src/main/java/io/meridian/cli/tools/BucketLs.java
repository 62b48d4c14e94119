package io.meridian.cli.tools;

import io.meridian.objstore.Bucket;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `meridian tools bucket ls`.
@Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists the blocks of a bucket.")
final class BucketLs implements Callable<Integer> {
    /// How a block is printed.
    enum Output {
        ID,
        WIDE,
        JSON
    }

    @Spec
    CommandSpec spec;

    @Mixin
    BucketFlags bucketFlags;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "id",
            paramLabel = "id|wide|json",
            description = "How a block is printed. Default: ${DEFAULT-VALUE}")
    Output output;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        int count = 0;
        try (Bucket bucket = bucketFlags.open()) {
            for (BucketBlocks.Entry entry : BucketBlocks.list(bucket)) {
                count++;
                print(out, entry);
            }
        }
        if (output != Output.JSON) {
            spec.commandLine().getErr().println("Objects: " + count);
        }
        out.flush();
        return 0;
    }

    private void print(PrintWriter out, BucketBlocks.Entry entry) {
        var meta = entry.meta();
        switch (output) {
            case ID -> out.println(entry.objects().id());
            case JSON -> {
                if (meta != null) {
                    out.print(new String(meta.encode(), java.nio.charset.StandardCharsets.UTF_8));
                }
            }
            case WIDE -> {
                if (meta == null) {
                    out.println(entry.objects().id() + " -- " + entry.problem());
                } else {
                    out.printf(
                            "%s -- %s - %s Diff: %s, Compaction: %d, Downsample: %d, Source: %s%n",
                            meta.id(),
                            Instant.ofEpochMilli(meta.minTimeMs()),
                            Instant.ofEpochMilli(meta.maxTimeMs()),
                            Table.duration(meta.maxTimeMs() - meta.minTimeMs()),
                            meta.compaction().level(),
                            meta.thanos().resolutionMs(),
                            meta.thanos().source());
                }
            }
        }
    }
}
