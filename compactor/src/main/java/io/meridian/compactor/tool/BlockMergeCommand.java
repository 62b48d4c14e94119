package io.meridian.compactor.tool;

import io.meridian.compactor.merge.BlockMerger;
import io.meridian.compactor.merge.Deduplication;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools block merge`: prints the identity of the new block.
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = "Merges block directories, in the order given, into a new one and prints its ULID.")
public final class BlockMergeCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--deduplication.func",
            defaultValue = "none",
            paramLabel = "none|penalty",
            description = "What is done with samples that several blocks have. Default: ${DEFAULT-VALUE}")
    String deduplication;

    @Option(
            names = "--chunk-encoding.floats",
            defaultValue = "xor",
            paramLabel = "xor|xor2",
            description = "How merged floats are written; xor2 where an input is. Default: ${DEFAULT-VALUE}")
    String floats;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the new block is put.")
    Path out;

    @Parameters(arity = "1..*", paramLabel = "BLOCK", description = "Block directories.")
    List<Path> directories = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        if (!floats.equals("xor") && !floats.equals("xor2")) {
            throw new IllegalArgumentException("--chunk-encoding.floats: use xor or xor2, not \"" + floats + "\"");
        }
        var options = new BlockMerger.Options(Deduplication.parse(deduplication), floats.equals("xor2"));
        var blocks = new ArrayList<Block>();
        try {
            for (Path directory : directories) {
                blocks.add(LocalBlocks.open(directory));
            }
            var id = BlockId.generate(System.currentTimeMillis());
            Files.createDirectories(out);
            BlockMerger.merge(
                    blocks, options, id, commonLabels(blocks), out.resolve(id.toString()), QueryContext.unlimited());
            spec.commandLine().getOut().println(id);
            spec.commandLine().getOut().flush();
            return 0;
        } finally {
            blocks.forEach(Block::close);
        }
    }

    /// Labels that differ between the inputs, such as that of the replica, are left out.
    private static Labels commonLabels(List<Block> blocks) {
        Labels common = blocks.getFirst().meta().thanos().labels();
        for (var block : blocks) {
            Labels other = block.meta().thanos().labels();
            for (int i = common.size() - 1; i >= 0; i--) {
                if (!other.get(common.name(i)).equals(common.value(i))) {
                    common = common.without(common.name(i));
                }
            }
        }
        return common;
    }
}
