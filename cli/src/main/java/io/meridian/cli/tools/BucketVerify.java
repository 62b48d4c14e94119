package io.meridian.cli.tools;

import io.meridian.objstore.Bucket;
import io.meridian.tsdb.block.BlockId;
import io.meridian.tsdb.block.BlockVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `meridian tools bucket verify`.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Reads every block of a bucket and names what is wrong with it. Exit status 1 if anything is.")
final class BucketVerify implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    BucketFlags bucketFlags;

    @Option(names = "--id", paramLabel = "ULID", description = "Only this block; may be repeated.")
    List<String> ids = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        var printer = new VerifyPrinter(spec.commandLine().getOut());
        try (Bucket bucket = bucketFlags.open()) {
            List<BucketBlocks.Entry> blocks = BucketBlocks.list(bucket);
            BucketBlocks.require(
                    spec,
                    ids,
                    blocks.stream().map(entry -> entry.objects().id()).toList());
            for (BucketBlocks.Entry entry : blocks) {
                BlockId id = entry.objects().id();
                if (!ids.isEmpty() && !ids.contains(id.toString())) {
                    continue;
                }
                if (entry.meta() == null) {
                    printer.problem(id, entry.problem());
                } else {
                    printer.print(BlockVerifier.verify(bucket, id));
                }
            }
        }
        return printer.finish();
    }
}
