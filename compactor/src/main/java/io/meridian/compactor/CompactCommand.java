package io.meridian.compactor;

import io.meridian.objstore.Bucket;
import io.meridian.objstore.config.BucketConfig;
import io.meridian.objstore.config.BucketConfigException;
import io.meridian.server.DataDirectory;
import io.meridian.server.Service;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.LogFlags;
import io.meridian.server.http.HttpEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `meridian compact`.
@Command(
        name = "compact",
        mixinStandardHelpOptions = true,
        description = "Merges and downsamples the blocks of a bucket and applies retention.")
public final class CompactCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(CompactCommand.class);
    private static final String NAME = "compact";

    @Spec
    CommandSpec spec;

    @Mixin
    CompactorFlags flags = new CompactorFlags();

    @Mixin
    HttpFlags http = new HttpFlags();

    @Mixin
    LogFlags logging = new LogFlags();

    @Override
    public Integer call() throws Exception {
        logging.apply();
        try (var data = DataDirectory.open(flags.dataDirectory);
                var bucket = bucket(flags);
                var service = Service.create(NAME)) {
            var component = CompactorComponent.start(NAME, service, flags, bucket, data.component(NAME));
            var builder = HttpEndpoint.builder(service);
            component.routes(builder, "/");
            var endpoint = builder.start(http.address);
            service.onStop("http", () -> endpoint.stop(http.gracePeriod));
            int code = await(service, component.status());
            return code == 0 && !flags.wait && component.failed() ? 1 : code;
        }
    }

    private int await(Service service, CompactorStatus status) throws InterruptedException {
        if (!ProgressBar.isTerminal()) {
            var lines = new ProgressLog(status);
            try {
                return service.awaitTermination();
            } finally {
                lines.stop();
            }
        }
        var bar = new ProgressBar(status, spec.commandLine().getErr());
        try {
            return service.awaitTermination();
        } finally {
            bar.stop();
        }
    }

    /// Opens the bucket that the flags describe.
    ///
    /// @throws IllegalArgumentException if none is, or its description is wrong
    public static Bucket bucket(CompactorFlags flags) throws IOException {
        String yaml = flags.objstoreConfigFile.isEmpty()
                ? flags.objstoreConfig
                : Files.readString(Path.of(flags.objstoreConfigFile));
        if (yaml.isBlank()) {
            throw new IllegalArgumentException("the compactor needs a bucket: give --objstore.config-file");
        }
        try {
            BucketConfig config = BucketConfig.parse(yaml);
            config.warnings().forEach(warning -> log.warn("{}", warning));
            return config.open();
        } catch (BucketConfigException e) {
            throw new IllegalArgumentException("--objstore.config: " + e.getMessage(), e);
        }
    }
}
