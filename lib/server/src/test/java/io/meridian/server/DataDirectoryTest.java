package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void open_whileHeld_saysSo() throws Exception {
        try (var held = DataDirectory.open(temporary)) {
            assertThat(held.component("store")).isDirectory();
            assertThatThrownBy(() -> DataDirectory.open(temporary))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
        }
        DataDirectory.open(temporary).close();
    }

    @Test
    void open_newerFormat_isRefused() throws Exception {
        Files.writeString(temporary.resolve("format-version"), "99\n");
        assertThatThrownBy(() -> DataDirectory.open(temporary)).hasMessageContaining("format version 99");
    }

    @Test
    void workerPool_full_timesOut_andPassesFailuresOn() throws Exception {
        try (var pool = new WorkerPool("test", 1, 1)) {
            assertThat(pool.call(() -> 42, 1, TimeUnit.SECONDS)).isEqualTo(42);
            assertThatThrownBy(() -> pool.call(
                            () -> {
                                throw new IOException("inner");
                            },
                            1,
                            TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessage("inner");
            var inside = new java.util.concurrent.CountDownLatch(1);
            var release = new java.util.concurrent.CountDownLatch(1);
            Thread.ofVirtual().start(() -> {
                try {
                    pool.call(
                            () -> {
                                inside.countDown();
                                release.await();
                                return 0;
                            },
                            1,
                            TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            inside.await();
            assertThatThrownBy(() -> pool.call(() -> 1, 1, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            release.countDown();
        }
    }
}
