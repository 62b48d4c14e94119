package io.meridian.compactor.downsample.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The committed PTX is that of the committed source, runs on old drivers, and has no arithmetic that rounds otherwise
/// than the CPU's.
class KernelSourceTest {
    private static final String PTX = new String(CudaDevice.ptx(), StandardCharsets.US_ASCII);

    @Test
    void ptx_headerHasTheHashOfTheSource() throws IOException, NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(FakeDriver.source()));

        assertThat(PTX.lines().findFirst().orElseThrow())
                .as("after a change of downsample.cu: ./mvnw -Pkernels -pl compactor -am compile")
                .isEqualTo("// sha256 of downsample.cu: " + HexFormat.of().formatHex(hash));
    }

    @Test
    void ptx_isForOldDriversAndDevices() {
        assertThat(PTX.lines()).contains(".version 6.3", ".target sm_75", ".address_size 64");
    }

    @Test
    void ptx_hasAllKernels() {
        for (var kernel : CudaDevice.Kernel.values()) {
            assertThat(PTX).contains(".visible .entry " + kernel.symbol() + "(");
        }
    }

    @Test
    void ptx_doublesAreOnlyAddedSubtractedAndCompared() {
        List<String> allowed = List.of(
                "add.rn.f64",
                "sub.rn.f64",
                "mov.f64",
                "selp.f64",
                "neg.f64",
                "cvt.rn.f64.u32",
                "ld.global.f64",
                "ld.global.nc.f64",
                "st.global.f64");
        var opcode = Pattern.compile("^\\s*(?:@!?%p\\d+ )?([a-z][a-z0-9_]*\\.[a-z0-9_.:]+)");

        var found = PTX.lines()
                .map(opcode::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1))
                .distinct()
                .toList();

        assertThat(found).contains("add.rn.f64", "sub.rn.f64").noneMatch(name -> {
            var parts = Arrays.asList(name.split("\\."));
            return parts.contains("fma") || parts.contains("ftz") || parts.contains("approx") || parts.contains("f32");
        });
        assertThat(found.stream().filter(name -> name.contains("f64") && !name.startsWith("setp.")))
                .allMatch(allowed::contains);
    }
}
