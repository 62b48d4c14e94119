package io.meridian.server.flag;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A setting that one flag gives as text, and its twin with `-file` at the end as the name of a file.
public final class TextOrFile {
    private TextOrFile() {}

    /// @param flag the one that takes text, with its dashes
    /// @return the text of the one that is given; empty if none is
    /// @throws IllegalArgumentException if both are given
    /// @throws IOException              if the file cannot be read; names flag and file
    public static String read(String flag, String text, String file) throws IOException {
        if (file.isEmpty()) {
            return text;
        }
        if (!text.isEmpty()) {
            throw new IllegalArgumentException(flag + " and " + flag + "-file cannot be given together");
        }
        return read(flag + "-file", Path.of(file));
    }

    /// @param flag that names the file, with its dashes
    /// @throws IOException if the file cannot be read; names flag and file
    public static String read(String flag, Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException(flag + ": cannot read " + file + ": " + reason(file, e), e);
        }
    }

    private static String reason(Path file, IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case CharacterCodingException _ -> "not UTF-8";
            default -> Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getMessage());
        };
    }
}
