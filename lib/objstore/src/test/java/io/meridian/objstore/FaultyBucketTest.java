package io.meridian.objstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.objstore.Bucket.Precondition;
import io.meridian.objstore.FaultyBucket.Kind;
import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FaultyBucketTest extends BucketContractTest {
    @Override
    Bucket create() {
        return new FaultyBucket(new InMemoryBucket(), FaultyBucket.once(-1, Kind.FAIL));
    }

    @Test
    void failAfter_isDoneAndStillFails() throws IOException {
        var memory = new InMemoryBucket();
        // operation 1 is the write, 2 the commit
        var bucket = new FaultyBucket(memory, FaultyBucket.once(2, Kind.FAIL_AFTER));
        assertThatThrownBy(() -> bucket.put("k", bytes("v"), Precondition.ABSENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("operation 2, commit of k failed after it was done");
        assertThat(memory.readAll("k")).isEqualTo(bytes("v"));
        assertThat(bucket.readAll("k")).isEqualTo(bytes("v"));
        assertThat(bucket.operations()).isEqualTo(3);
        bucket.close();
    }

    @Test
    void fail_doesNothing() throws IOException {
        var memory = new InMemoryBucket();
        memory.put("k", bytes("v"), Precondition.NONE);
        var bucket = new FaultyBucket(memory, FaultyBucket.from(1, Kind.FAIL));
        assertThatThrownBy(() -> bucket.delete("k")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> bucket.stat("k")).isInstanceOf(IOException.class);
        assertThat(memory.exists("k")).isTrue();
        bucket.close();
    }

    @Test
    void random_isRepeatedByItsSeed() {
        var first = FaultyBucket.random(7, 0.5);
        var second = FaultyBucket.random(7, 0.5);
        long faults = LongStream.range(0, 1000)
                .filter(n -> {
                    assertThat(first.at(n)).isEqualTo(second.at(n));
                    return first.at(n).kind() != Kind.NONE;
                })
                .count();
        assertThat(faults).isBetween(400L, 600L);
    }
}
