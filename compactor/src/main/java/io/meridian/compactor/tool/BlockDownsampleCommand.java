package io.meridian.compactor.tool;

import io.meridian.compactor.downsample.BlockDownsampler;
import io.meridian.compactor.downsample.cuda.DownsampleDevices;
import io.meridian.compactor.plan.Resolutions;
import io.meridian.model.QueryContext;
import io.meridian.tsdb.block.BlockId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools block downsample`: prints the identity of the new block.
@Command(
        name = "downsample",
        mixinStandardHelpOptions = true,
        description = "Makes a coarser copy of a block directory and prints its ULID.")
public final class BlockDownsampleCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--resolution",
            required = true,
            paramLabel = "5m|1h",
            description = "Resolution of the new block: 5m of a raw block, 1h of a 5m one.")
    String resolution;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the new block is put.")
    Path out;

    @Option(
            names = "--downsample.device",
            defaultValue = "auto",
            paramLabel = "auto|cpu|cuda",
            description = "What downsamples. Default: ${DEFAULT-VALUE}")
    String device;

    @Parameters(paramLabel = "BLOCK", description = "Block directory.")
    Path directory;

    @Override
    public Integer call() throws Exception {
        long resolutionMs = switch (resolution) {
            case "5m" -> Resolutions.FIVE_MINUTES;
            case "1h" -> Resolutions.ONE_HOUR;
            default -> throw new IllegalArgumentException("--resolution: use 5m or 1h, not \"" + resolution + "\"");
        };
        var id = BlockId.generate(System.currentTimeMillis());
        Files.createDirectories(out);
        int workers = Runtime.getRuntime().availableProcessors();
        try (var block = LocalBlocks.open(directory);
                var devices = DownsampleDevices.open(DownsampleDevices.Choice.parse(device), workers, reason -> {});
                var kernel = devices.kernel()) {
            new BlockDownsampler(kernel)
                    .downsample(block, resolutionMs, id, out.resolve(id.toString()), QueryContext.unlimited());
        }
        spec.commandLine().getOut().println(id);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
