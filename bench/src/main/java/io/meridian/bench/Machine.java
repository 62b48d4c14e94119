package io.meridian.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// What a measurement was taken on, to stand over its table.
final class Machine {
    private Machine() {}

    /// Time, processor, CPUs of the machine, memory and load.
    static String description() throws IOException {
        return "%s, %s, CPUs %s, %d GiB, load %s"
                .formatted(
                        Instant.now().truncatedTo(ChronoUnit.MINUTES),
                        field("/proc/cpuinfo", "model name"),
                        Files.readString(Path.of("/sys/devices/system/cpu/online"))
                                .strip(),
                        Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) >> 20,
                        Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
    }

    private static String field(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(name)) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return "(no " + name + ")";
    }
}
