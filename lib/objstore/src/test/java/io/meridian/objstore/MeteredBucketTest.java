package io.meridian.objstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeteredBucketTest extends BucketContractTest {
    @Override
    Bucket create() {
        return new MeteredBucket(new InMemoryBucket(), (_, _, _, _) -> {});
    }

    @Test
    void operations_areTold() throws IOException {
        List<String> seen = new ArrayList<>();
        var bucket = new MeteredBucket(new InMemoryBucket(), (operation, nanos, bytes, failure) -> {
            assertThat(nanos).isNotNegative();
            seen.add(operation + " " + bytes + " "
                    + (failure == null ? "" : failure.getClass().getSimpleName()));
        });
        bucket.put("k", bytes("value"), Bucket.Precondition.ABSENT);
        assertThatThrownBy(() -> bucket.put("k", bytes("value"), Bucket.Precondition.ABSENT))
                .isInstanceOf(PreconditionFailedException.class);
        assertThat(bucket.readAll("k")).hasSize(5);
        assertThat(bucket.exists("x")).isFalse();
        bucket.list("", _ -> {});
        bucket.delete("k");
        assertThat(seen)
                .containsExactly(
                        "UPLOAD 5 ",
                        "UPLOAD 0 PreconditionFailedException",
                        "READ 5 ",
                        "STAT 0 ObjectNotFoundException",
                        "LIST 0 ",
                        "DELETE 0 ");
        bucket.close();
    }
}
