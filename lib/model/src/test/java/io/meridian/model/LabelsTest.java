package io.meridian.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LabelsTest {
    @Test
    void of_unsortedPairs_areSortedAndEmptyValuesDropped() {
        assertThat(Labels.of("b", "2", "a", "1", "c", "")).hasToString("{a=\"1\", b=\"2\"}");
    }

    @Test
    void compare_supplementaryAgainstPrivateUse_followsUtf8Bytes() {
        String high = new String(Character.toChars(0x1F600));
        String privateUse = "\uE000";
        assertThat(Utf8.compare(privateUse, high)).isNegative();
        assertThat(Integer.signum(Arrays.compareUnsigned(
                        privateUse.getBytes(StandardCharsets.UTF_8), high.getBytes(StandardCharsets.UTF_8))))
                .isNegative();
    }

    @Test
    void decode_invalidUtf8_survivesTheRoundTrip() {
        byte[] bytes = {'a', (byte) 0xFF, 'b', (byte) 0xC3, (byte) 0xA4, (byte) 0xE2, (byte) 0x82};
        assertThat(Utf8.encode(Utf8.decode(bytes, 0, bytes.length))).isEqualTo(bytes);
    }

    @Test
    void overriddenBy_sameName_externalWins() {
        assertThat(Labels.of("a", "1", "c", "3").overriddenBy(Labels.of("b", "2", "c", "4")))
                .isEqualTo(Labels.of("a", "1", "b", "2", "c", "4"));
    }
}
