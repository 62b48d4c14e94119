package io.meridian.tsdb.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.QueryContext;
import io.meridian.model.TimeRange;
import io.meridian.tsdb.bytes.ByteWriter;
import io.meridian.tsdb.bytes.Crc32c;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Entries whose checksum fits.
class SeriesDecoderTest {
    private static final String[] SYMBOLS = {"", "a", "b", "x"};

    private static SymbolTable symbols() {
        var content = new ByteWriter(64);
        content.be32(SYMBOLS.length);
        for (String symbol : SYMBOLS) {
            content.uvarint(symbol.length());
            content.bytes(symbol.getBytes(StandardCharsets.UTF_8));
        }
        return new SymbolTable("index", MemorySegment.ofArray(content.toByteArray()), 5, 2);
    }

    private static @Nullable SeriesEntry decode(long... numbers) {
        var body = new ByteWriter(64);
        for (long number : numbers) {
            body.uvarint(number);
        }
        var entry = new ByteWriter(64);
        entry.uvarint(body.size());
        entry.bytes(body.toByteArray());
        entry.be32(Crc32c.of(body.array(), 0, body.size()));
        byte[] bytes = entry.toByteArray();
        var decoder = new SeriesDecoder("index", symbols());
        return decoder.decode(1, bytes, 0, bytes.length, 0, TimeRange.ALL, false, QueryContext.unlimited());
    }

    @Test
    void decode_entryOfOneChunk_isRead() {
        // two labels, one chunk: first time 5 (zigzag 10), 7 ms long, at 8
        assertThat(decode(2, 1, 3, 2, 3, 1, 10, 7, 8)).isNotNull().satisfies(entry -> {
            assertThat(entry.labels().get("b")).isEqualTo("x");
            assertThat(entry.chunkMaxMs(0)).isEqualTo(12);
        });
    }

    @Test
    void decode_entryThatSaysFewerChunksThanItHas_isRefused() {
        assertThatThrownBy(() -> decode(1, 1, 3, 1, 10, 7, 8, 1, 7, 0))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("behind its last chunk: bytes=3");
    }

    @Test
    void decode_chunkThatEndsBeforeItBegins_isRefused() {
        assertThatThrownBy(() -> decode(1, 1, 3, 1, 10, -8, 8))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("ends before it begins");
    }

    @Test
    void decode_twoLabelsOfOneName_isRefused() {
        assertThatThrownBy(() -> decode(2, 1, 3, 1, 2, 1, 10, 7, 8))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("two labels of one name: a");
    }
}
