package io.meridian.cli.tools;

import io.meridian.compactor.tool.BlockDownsampleCommand;
import io.meridian.compactor.tool.BlockMergeCommand;
import picocli.CommandLine.Command;

/// `meridian tools …`.
@Command(
        name = "tools",
        mixinStandardHelpOptions = true,
        description = "Tools for operators: buckets, blocks, queries.",
        subcommands = {
            ToolsCommand.BucketCommand.class,
            ToolsCommand.BlockCommand.class,
            ToolsCommand.RetentionCommand.class,
            ToolsCommand.PromqlCommand.class,
            PromqlTest.class
        })
public final class ToolsCommand {
    /// `meridian tools bucket …`.
    @Command(
            name = "bucket",
            mixinStandardHelpOptions = true,
            description = "Looks into a bucket and works on it.",
            subcommands = {
                BucketLs.class,
                BucketInspect.class,
                BucketVerify.class,
                BucketRepair.class,
                BucketMark.class,
                BucketUploadBlocks.class
            })
    static final class BucketCommand {}

    /// `meridian tools retention …`.
    @Command(
            name = "retention",
            mixinStandardHelpOptions = true,
            description = "Looks at what retention does.",
            subcommands = {RetentionPlanCommand.class})
    static final class RetentionCommand {}

    /// `meridian tools block …`.
    @Command(
            name = "block",
            mixinStandardHelpOptions = true,
            description = "Works on block directories of this machine.",
            subcommands = {BlockDump.class, BlockVerify.class, BlockDownsampleCommand.class, BlockMergeCommand.class})
    static final class BlockCommand {}

    /// `meridian tools promql …`.
    @Command(
            name = "promql",
            mixinStandardHelpOptions = true,
            description = "Works on queries.",
            subcommands = {PromqlExplain.class, PromqlFuzz.class})
    static final class PromqlCommand {}
}
