package io.meridian.compactor;

import io.meridian.server.DataDirectory;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.HttpFlags;
import io.meridian.server.flag.LogFlags;
import io.meridian.server.http.HttpEndpoint;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `meridian compact`.
@Command(
        name = "compact",
        mixinStandardHelpOptions = true,
        versionProvider = Flags.Version.class,
        sortOptions = true,
        description = "Merges and downsamples the blocks of a bucket and applies retention.")
public final class CompactCommand implements Callable<Integer> {
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
        Flags.warnAboutInert(spec.commandLine(), CompactorFlags.INERT);
        try (var data = DataDirectory.open(flags.dataDirectory.resolve(NAME));
                var bucket = flags.openBucket();
                var service = Service.create(NAME)) {
            var component = CompactorComponent.start(NAME, service, flags, bucket, data.path());
            var routes = HttpEndpoint.builder(service);
            component.addRoutes(routes, "/");
            routes.serve(http);
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
}
