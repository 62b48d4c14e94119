package io.meridian.objstore;

import java.io.IOException;
import java.util.Comparator;

/// What may be a key, and how keys are ordered.
public final class Keys {
    /// Ascending by the bytes of the keys' UTF-8 form, which is the order of code points. (`String.compareTo` differs
    /// above U+FFFF.)
    public static final Comparator<String> ORDER = Keys::compare;

    /// S3's limit, in bytes of UTF-8.
    private static final int LENGTH_MAX = 1024;

    private Keys() {}

    /// Checks a key under which an object shall be stored: parts between `/` that are neither empty, `.` nor `..`.
    ///
    /// @throws IOException naming the key and what is wrong with it
    public static String check(String key) throws IOException {
        String defect = defect(key);
        if (!defect.isEmpty()) {
            throw new IOException(
                    "invalid key \"" + key.substring(0, Math.min(LENGTH_MAX, key.length())) + "\": " + defect);
        }
        return key;
    }

    /// Whether an object can be stored under this key.
    public static boolean isValid(String key) {
        return defect(key).isEmpty();
    }

    private static String defect(String key) {
        if (key.isEmpty()) {
            return "it is empty";
        }
        if (key.length() > LENGTH_MAX) {
            return "it has more than " + LENGTH_MAX + " characters";
        }
        if (key.indexOf('\0') >= 0) {
            return "it holds a NUL character";
        }
        for (int from = 0; from <= key.length(); ) {
            int slash = key.indexOf('/', from);
            int to = slash < 0 ? key.length() : slash;
            String part = key.substring(from, to);
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return "\"" + part + "\" is not allowed between slashes";
            }
            from = to + 1;
        }
        return "";
    }

    static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothSurrogate = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothSurrogate ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
