package io.meridian.promql.exec;

import io.meridian.model.Utf8;

/// Order of label values in which runs of digits count as numbers: `a2` before `a10`.
final class NaturalOrder {
    private NaturalOrder() {}

    /// Not an order in the strict sense: the empty text is neither before nor after others, and of numbers that
    /// differ in leading zeros each comes first.
    static boolean less(String left, String right) {
        if (left.isEmpty() || right.isEmpty()) {
            return false;
        }
        int i = 0;
        int j = 0;
        while (i < left.length() && j < right.length()) {
            int leftEnd = runEnd(left, i);
            int rightEnd = runEnd(right, j);
            String a = left.substring(i, leftEnd);
            String b = right.substring(j, rightEnd);
            if (!a.equals(b)) {
                Long first = number(a);
                Long second = number(b);
                if (first == null || second == null) {
                    return Utf8.compare(a, b) < 0;
                }
                if (!first.equals(second)) {
                    return first < second;
                }
            }
            i = leftEnd;
            j = rightEnd;
        }
        return i == left.length();
    }

    private static int runEnd(String text, int start) {
        boolean digits = isDigit(text.charAt(start));
        int end = start + 1;
        while (end < text.length() && isDigit(text.charAt(end)) == digits) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static @org.jspecify.annotations.Nullable Long number(String run) {
        if (!isDigit(run.charAt(0))) {
            return null;
        }
        try {
            return Long.valueOf(run);
        } catch (NumberFormatException tooLarge) {
            return null;
        }
    }
}
