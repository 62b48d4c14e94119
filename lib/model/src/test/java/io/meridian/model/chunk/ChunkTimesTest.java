package io.meridian.model.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.SampleBuffer;
import org.junit.jupiter.api.Test;

class ChunkTimesTest {
    private static EncodedChunk chunk(long minMs, long maxMs, long... times) {
        var encoder = new XorEncoder();
        for (long time : times) {
            encoder.append(time, time);
        }
        return new EncodedChunk(ChunkEncoding.XOR, minMs, maxMs, encoder.toBytes());
    }

    private static void assertBroken(EncodedChunk chunk, String reason) {
        var target = new SampleBuffer();
        target.append(1, 1);
        assertThatThrownBy(() -> ChunkTimes.decode(chunk, target))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining(reason);
        assertThat(target.size()).isEqualTo(1);
    }

    @Test
    void decode_rawChunkThatLiesAboutItsTimes_isRefused() {
        assertBroken(chunk(10, 30, 10, 20, 40), "ends at another time than it states: expected=30, actual=40");
        assertBroken(chunk(10, 30, 10, 20), "ends at another time than it states: expected=30, actual=20");
        assertBroken(chunk(10, 30, 5, 20, 30), "begins at another time");
        assertBroken(chunk(10, 30, 15, 20, 30), "begins at another time");
        assertBroken(chunk(10, 30, 10, 100, 30), "times do not rise");
        assertBroken(chunk(10, 30, 10, 10, 30), "times do not rise");
        assertBroken(chunk(10, 30), "holds no samples");
    }

    @Test
    void decode_rawChunkThatIsWhatItStates_orStillOpen_isRead() {
        var target = new SampleBuffer();
        ChunkTimes.decode(chunk(10, 30, 10, 20, 30), target);
        ChunkTimes.decode(chunk(40, Long.MAX_VALUE, 40, 50), target);
        assertThat(target.size()).isEqualTo(5);
    }

    @Test
    void decode_partsAsWritersMakeThem_areRead() {
        var target = new SampleBuffer();
        assertThatCode(() -> {
                    ChunkTimes.decode(chunk(10, 30, 5, 10, 30, 30), Aggregate.COUNTER, target);
                    ChunkTimes.decode(chunk(10, 30, 20, 30), Aggregate.SUM, target);
                    ChunkTimes.decode(chunk(10, 30, 10, 30), Aggregate.COUNT, target);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void decode_partsThatLie_areRefused() {
        for (Aggregate aggregate : Aggregate.values()) {
            for (EncodedChunk part : new EncodedChunk[] {
                chunk(10, 30, 10, 20), chunk(10, 30, 10, 40), chunk(10, 30, 10, 40, 30), chunk(10, 30)
            }) {
                assertThatThrownBy(() -> ChunkTimes.decode(part, aggregate, new SampleBuffer()))
                        .isInstanceOf(CorruptDataException.class);
            }
        }
    }
}
