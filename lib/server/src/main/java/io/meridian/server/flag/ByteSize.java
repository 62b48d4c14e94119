package io.meridian.server.flag;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A size in bytes as Thanos' flags write it: `250MB`, `2GiB`, `512KB`, `1000`. Every unit is a power of 1024, as in
/// Thanos.
public record ByteSize(long bytes) {
    private static final Pattern FORM =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(?:([KMGTPE])(?:i?B?)|B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGTPE";

    /// @throws IllegalArgumentException if the text is not a size
    public static ByteSize parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a size: \"" + text + "\" (write it like 250MB, 2GiB or 1048576)");
        }
        String unit = matcher.group(2);
        int power = unit == null ? 0 : UNITS.indexOf(unit.toUpperCase(Locale.ROOT)) + 1;
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("size out of range: \"" + text + "\"");
        }
        return new ByteSize(bytes.longValue());
    }

    @Override
    public String toString() {
        long rest = bytes;
        int power = 0;
        while (rest >= 1024 && rest % 1024 == 0 && power < UNITS.length()) {
            rest /= 1024;
            power++;
        }
        return power == 0 ? rest + "B" : rest + UNITS.substring(power - 1, power) + "iB";
    }
}
