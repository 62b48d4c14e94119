package io.meridian.testkit;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A real process under test: started, waited for, killed, with its output in a file.
public final class ChildProcess implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final long POLL_NANOS = 50_000_000;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /// @param log where standard output and error go, appended
    public static ChildProcess start(String name, List<String> command, Path log) throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new ChildProcess(name, process, log);
    }

    /// A port that nothing listens on right now.
    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// Waits until the URL answers 200.
    ///
    /// @throws IllegalStateException with the process' output if it ends or the time is up
    public ChildProcess awaitReady(String url, Duration timeout) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " ended with " + process.exitValue() + ":\n" + output());
            }
            if (status(url) == 200) {
                return this;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new IllegalStateException(name + " was not ready at " + url + " within " + timeout + ":\n" + output());
    }

    private static int status(String url) {
        try {
            var request = HttpRequest.newBuilder(URI.create(url))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    /// The end of what the process printed so far.
    public String output() throws IOException {
        String all = Files.readString(log);
        return all.substring(Math.max(0, all.length() - 8_000));
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// Ends the process at once, as `kill -9` does.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Asks the process to end (SIGTERM) and waits.
    ///
    /// @return its exit status
    public int terminate(Duration timeout) throws InterruptedException {
        process.destroy();
        return await(timeout);
    }

    /// Waits for the process to end by itself.
    ///
    /// @return its exit status
    public int await(Duration timeout) throws InterruptedException {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(name + " did not end within " + timeout + "; see " + log);
        }
        return process.exitValue();
    }

    /// Ends it and all that it started, and waits until they are gone: they may hold files that are deleted next.
    @Override
    public void close() {
        var family = process.descendants().toList();
        process.destroyForcibly();
        family.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        family.forEach(member -> member.onExit().join());
    }
}
