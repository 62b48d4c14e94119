package io.meridian.compactor.downsample.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// A process of its own, into which no driver was loaded.
class CudaProbeTest {
    @Test
    void reasonAgainst_machineAsItIs_isSaidOrAllBitsAgree() throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CudaBenchmark.class.getName(),
                        "--rounds=1",
                        "--samples=0")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        if (process.waitFor() == 0) {
            assertThat(output).contains("\"mismatches\": 0");
        } else {
            assertThat(output)
                    .containsAnyOf("no CUDA driver", "finds no device", "bindings need", "too old", "at least 12.0");
        }
    }
}
