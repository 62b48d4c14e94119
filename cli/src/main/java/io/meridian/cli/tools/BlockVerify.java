package io.meridian.cli.tools;

import io.meridian.tsdb.block.BlockVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `meridian tools block verify`.
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Reads whole blocks and names what is wrong with them. Exit status 1 if anything is.")
final class BlockVerify implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "BLOCK", description = "Block directories.")
    List<Path> directories = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        var printer = new VerifyPrinter(spec.commandLine().getOut());
        for (Path directory : directories) {
            LocalBlock block = LocalBlock.of(spec, directory);
            printer.print(BlockVerifier.verify(block.bucket(), block.id()));
        }
        return printer.finish();
    }
}
