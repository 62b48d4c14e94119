package io.meridian.acceptance;

import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.QueryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A real Thanos process.
final class ThanosProcess implements AutoCloseable {
    private final int httpPort;
    private final int grpcPort;
    private final ChildProcess process;

    private ThanosProcess(int httpPort, int grpcPort, ChildProcess process) {
        this.httpPort = httpPort;
        this.grpcPort = grpcPort;
        this.process = process;
    }

    /// Starts `thanos <arguments>` with ports of its own and waits until it is ready.
    static ThanosProcess start(Path logs, String... arguments) throws IOException {
        int http = ChildProcess.freePort();
        int grpc = ChildProcess.freePort();
        var command = new ArrayList<>(List.of(Peers.require("thanos")));
        command.addAll(List.of(arguments));
        command.add("--http-address=127.0.0.1:" + http);
        command.add("--grpc-address=127.0.0.1:" + grpc);
        String name = "thanos-" + arguments[0] + "-" + http;
        var process = ChildProcess.start(name, command, logs.resolve(name + ".log"));
        process.awaitReady("http://127.0.0.1:" + http + "/-/ready", Duration.ofMinutes(3));
        return new ThanosProcess(http, grpc, process);
    }

    /// `host:port` of its StoreAPI.
    String grpc() {
        return "127.0.0.1:" + grpcPort;
    }

    QueryClient client() {
        return new QueryClient("http://127.0.0.1:" + httpPort);
    }

    @Override
    public void close() {
        process.close();
    }
}
