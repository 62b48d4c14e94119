package io.meridian.cli.tools;

import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockMark;
import io.meridian.tsdb.block.BlockStore;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `meridian tools bucket mark`, as Thanos has it.
@Command(
        name = "mark",
        mixinStandardHelpOptions = true,
        description = "Marks blocks for deletion, or not to be compacted or downsampled, or takes such marks away.")
final class BucketMark implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    BucketFlags bucketFlags;

    @Option(names = "--id", required = true, paramLabel = "ULID", description = "The block; may be repeated.")
    List<String> ids = new ArrayList<>();

    @Option(
            names = "--marker",
            required = true,
            paramLabel = "FILE",
            description = "deletion-mark.json, no-compact-mark.json or no-downsample-mark.json.")
    String marker;

    @Option(names = "--details", defaultValue = "", paramLabel = "TEXT", description = "Why, for people.")
    String details;

    @Option(names = "--remove", description = "Take the mark away.")
    boolean remove;

    @Override
    public Integer call() throws Exception {
        var kind = BlockMark.Kind.ofFile(marker);
        if (kind == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--marker: use deletion-mark.json, no-compact-mark.json or no-downsample-mark.json, not \"" + marker
                            + "\"");
        }
        PrintWriter out = spec.commandLine().getOut();
        try (Bucket bucket = bucketFlags.open()) {
            var store = new BlockStore(bucket, null);
            BucketBlocks.require(spec, ids, store.discover().keySet());
            for (String text : ids) {
                out.println(text + ": " + mark(store, kind, BlockId.parse(text)));
            }
        }
        out.flush();
        return 0;
    }

    private String mark(BlockStore store, BlockMark.Kind kind, BlockId id) throws Exception {
        if (remove) {
            store.unmark(id, kind);
            return kind.file() + " removed";
        }
        String reason = kind == BlockMark.Kind.DELETION ? "" : BlockMark.REASON_MANUAL;
        boolean isNew =
                store.mark(new BlockMark(kind, id, details, Instant.now().getEpochSecond(), reason));
        return kind.file() + (isNew ? " written" : " was there already and stays as it is");
    }
}
