package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path temporary;

    @Test
    void open_whileHeld_saysSo() throws Exception {
        Path store = temporary.resolve("store");
        try (var held = DataDirectory.open(store)) {
            assertThat(held.path()).isDirectory();
            assertThatThrownBy(() -> DataDirectory.open(store))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            DataDirectory.open(temporary.resolve("compact")).close();
        }
        DataDirectory.open(store).close();
    }

    @Test
    void open_newerFormat_isRefused() throws Exception {
        Files.writeString(temporary.resolve("format-version"), "99\n");
        assertThatThrownBy(() -> DataDirectory.open(temporary)).hasMessageContaining("format version 99");
    }

    @Test
    void open_versionWasNotWrittenBeforeAPowerCut_writesIt() throws Exception {
        Path version = Files.createFile(temporary.resolve("format-version"));

        DataDirectory.open(temporary).close();

        assertThat(version).hasContent("1\n");
    }
}
