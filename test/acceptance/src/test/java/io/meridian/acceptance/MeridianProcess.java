package io.meridian.acceptance;

import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.QueryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One of our own processes, as the launcher would run it.
final class MeridianProcess implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private final List<String> command;
    private final String name;
    private final Path log;
    private final int httpPort;
    private final int grpcPort;
    private ChildProcess process;

    private MeridianProcess(String name, List<String> command, Path log, int httpPort, int grpcPort)
            throws IOException {
        this.name = name;
        this.command = command;
        this.log = log;
        this.httpPort = httpPort;
        this.grpcPort = grpcPort;
        this.process = ChildProcess.start(name, command, log);
    }

    /// Starts `meridian <arguments>` with ports of its own and waits until it is ready.
    static MeridianProcess start(Path logs, String... arguments) throws IOException {
        return launch(logs, arguments).awaitReady();
    }

    /// Starts `meridian <arguments>` with ports of its own.
    static MeridianProcess launch(Path logs, String... arguments) throws IOException {
        int http = ChildProcess.freePort();
        int grpc = ChildProcess.freePort();
        var command = new ArrayList<String>(java(arguments));
        command.add("--http-address=127.0.0.1:" + http);
        if (!arguments[0].equals("compact")) {
            command.add("--grpc-address=127.0.0.1:" + grpc);
        }
        String name = arguments[0] + "-" + http;
        return new MeridianProcess(name, command, logs.resolve(name + ".log"), http, grpc);
    }

    /// The command line that runs `meridian <arguments>` on this test's class path.
    static List<String> java(String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx768m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:TieredStopAtLevel=4",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.meridian.cli.Main"));
        command.addAll(List.of(arguments));
        return command;
    }

    MeridianProcess awaitReady() throws IOException {
        process.awaitReady(url() + "/-/ready", READY_WITHIN);
        return this;
    }

    /// Whether `/-/ready` says so now.
    boolean isReady() {
        try {
            return client().get("/-/ready").equals("OK");
        } catch (IOException notYet) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + httpPort;
    }

    /// `host:port` of its StoreAPI.
    String grpc() {
        return "127.0.0.1:" + grpcPort;
    }

    QueryClient client() {
        return new QueryClient(url());
    }

    ChildProcess process() {
        return process;
    }

    /// Kills it as `kill -9` does and starts it again with the same command line.
    void killAndRestart() throws IOException, InterruptedException {
        process.kill();
        process = ChildProcess.start(name, command, log);
    }

    @Override
    public void close() {
        process.close();
    }
}
