package io.meridian.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server under measurement and what its process has used so far.
///
/// @param pid of a process on this machine, or empty: its CPU time and memory are not known then
record Server(String name, String url, String pid) {
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern VERSION = Pattern.compile(
            "(?m)^(?:prometheus_build_info|thanos_build_info|vm_app_version)\\{(?:[^}]*,)?version=\"([^\"]*)\"");

    /// @param text `NAME=URL[=PID]`
    static Server parse(String text) {
        String[] parts = text.split("=", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException("a server is NAME=URL[=PID]: " + text);
        }
        return new Server(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
    }

    /// Name, version by its own metrics, and the CPUs that it may use.
    String description() throws IOException {
        Matcher version = VERSION.matcher(metrics());
        String cpus = pid.isEmpty() ? "" : ", CPUs " + status("Cpus_allowed_list:");
        return name + " " + (version.find() && !version.group(1).isEmpty() ? version.group(1) : "(no version)") + cpus;
    }

    /// CPU time of the process, in milliseconds.
    double cpuMs() throws IOException {
        if (pid.isEmpty()) {
            return Double.NaN;
        }
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1000 / TICKS_PER_SECOND;
    }

    /// Highest resident memory of the process since its start or [#forgetPeak()], in MB.
    double peakMb() throws IOException {
        return pid.isEmpty() ? Double.NaN : Long.parseLong(status("VmHWM:").replaceAll("\\D", "")) / 1024.0;
    }

    /// Lets [#peakMb()] begin anew.
    void forgetPeak() throws IOException {
        if (!pid.isEmpty()) {
            Files.writeString(Path.of("/proc", pid, "clear_refs"), "5");
        }
    }

    private String status(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith(key)) {
                return line.substring(key.length()).strip();
            }
        }
        throw new IOException("/proc/" + pid + "/status has no " + key);
    }

    /// Bytes that the process has allocated in its heap since it started, by its own metrics; NaN if it has none.
    double allocatedBytes() throws IOException {
        for (String line : metrics().split("\n")) {
            if (line.startsWith("go_memstats_alloc_bytes_total ")
                    || line.startsWith("jvm_memory_allocated_bytes_total ")) {
                return Double.parseDouble(line.substring(line.indexOf(' ') + 1));
            }
        }
        return Double.NaN;
    }

    private String metrics() throws IOException {
        return PlainClient.text(URI.create(url + "/metrics"));
    }
}
