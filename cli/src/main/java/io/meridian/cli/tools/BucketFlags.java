package io.meridian.cli.tools;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.server.flag.TextOrFile;
import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which bucket a tool works on.
final class BucketFlags {
    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(names = "--objstore.config-file", paramLabel = "FILE", description = "The bucket, as YAML in a file.")
    String file = "";

    @Option(names = "--objstore.config", paramLabel = "YAML", description = "The bucket, as YAML.")
    String yaml = "";

    Bucket open() throws IOException {
        if (file.isEmpty() == yaml.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(), "give either --objstore.config-file or --objstore.config");
        }
        return BucketConfig.open(TextOrFile.read("--objstore.config", yaml, file));
    }
}
