package io.meridian.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

@NullMarked
class XxHash64Test {
    @Test
    void hash_nothing_isThatOfTheEmptyCompactionGroup() {
        assertThat(Long.toUnsignedString(XxHash64.hash(new byte[0]))).isEqualTo("17241709254077376921");
    }

    @Test
    void hash_labels_isThatOfThanosCompactionGroup() {
        byte[] bytes = "foo\u00ffbar\u00fffoo1\u00ffbar2\u00ff".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(Long.toUnsignedString(XxHash64.hash(bytes))).isEqualTo("2124638872457683483");
    }

    /// Known answers of the reference implementation for lengths around its steps.
    @Test
    void hash_longText_matchesTheReference() {
        byte[] text = "Nobody inspects the spammish repetition".getBytes(StandardCharsets.UTF_8);

        assertThat(Long.toHexString(XxHash64.hash(text))).isEqualTo("fbcea83c8a378bf1");
        assertThat(XxHash64.hash(text, 0, 3)).isEqualTo(XxHash64.hash(new byte[] {'N', 'o', 'b'}));
    }
}
