package io.meridian.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/// A server under measurement and what its process has used so far.
///
/// @param pid of a process on this machine, or empty: its CPU time and memory are not known then
record Server(String name, String url, String pid) {
    private static final double TICKS_PER_SECOND = 100;

    /// CPU time of the process, in milliseconds.
    double cpuMs() throws IOException {
        if (pid.isEmpty()) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS_PER_SECOND;
    }

    /// Highest resident memory of the process, in MB.
    long peakMb() throws IOException {
        return pid.isEmpty() ? -1 : statusKb("VmHWM:") / 1024;
    }

    private long statusKb(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith(key)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return -1;
    }

    /// Bytes that the process has allocated in its heap since it started, by its own metrics; -1 if it has none.
    double allocatedBytes() throws IOException {
        for (String line : PlainClient.text(URI.create(url + "/metrics")).split("\n")) {
            if (line.startsWith("go_memstats_alloc_bytes_total ")
                    || line.startsWith("jvm_memory_allocated_bytes_total ")) {
                return Double.parseDouble(line.substring(line.indexOf(' ') + 1));
            }
        }
        return -1;
    }
}
