package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.model.CorruptDataException;
import io.meridian.model.TimeRange;
import io.meridian.testkit.SeededRandom;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class TombstonesTest {
    private static final Tombstones SAMPLE = Tombstones.of(List.of(
            new Tombstones.Stone(29, new TimeRange(10, 20)),
            new Tombstones.Stone(4, new TimeRange(-5, 5)),
            new Tombstones.Stone(29, new TimeRange(21, 30)),
            new Tombstones.Stone(29, new TimeRange(40, Long.MAX_VALUE)),
            new Tombstones.Stone(29, new TimeRange(50, 60))));

    @Test
    void of_rangesThatTouchOrOverlap_areOne() {
        assertThat(SAMPLE.of(29)).containsExactly(new TimeRange(10, 30), new TimeRange(40, Long.MAX_VALUE));
        assertThat(SAMPLE.of(4)).containsExactly(new TimeRange(-5, 5));
        assertThat(SAMPLE.of(5)).isEmpty();
        assertThat(SAMPLE.size()).isEqualTo(3);
    }

    @Test
    void encode_ofNone_isNineBytes() {
        assertThat(Tombstones.NONE.encode()).hasSize(9);
        assertThat(Tombstones.parse("tombstones", Tombstones.NONE.encode()).isEmpty())
                .isTrue();
    }

    @Test
    void parse_ofWhatWasEncoded_isTheSame() {
        assertThat(Tombstones.parse("tombstones", SAMPLE.encode()).stones()).isEqualTo(SAMPLE.stones());
    }

    @Test
    void parse_ofMutatedBytes_isCorrupt() {
        var random = SeededRandom.create("TombstonesTest");
        byte[] good = SAMPLE.encode();
        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
            if (bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> Tombstones.parse("tombstones", bytes))
                    .isInstanceOf(CorruptDataException.class);
        }
    }

    @Test
    void parse_ofTheGoldenFile_hasAllItsIntervals() throws IOException {
        var path = Shared.require("golden/storage/blocks/tombstones/01M17AX5V02VD99T7VHGS3J964/tombstones");
        var bytes = Files.readAllBytes(path);
        var tombstones = Tombstones.parse("tombstones", bytes);
        assertThat(tombstones.size()).isEqualTo(8);
        assertThat(tombstones.encode()).hasSameSizeAs(bytes);
        var empty = Shared.require("golden/storage").resolve("compacted");
        try (var files = Files.walk(empty)) {
            for (var file : files.filter(file -> file.endsWith("tombstones") && Files.isRegularFile(file))
                    .toList()) {
                assertThat(Tombstones.NONE.encode()).isEqualTo(Files.readAllBytes(file));
            }
        }
    }
}
