package io.meridian.server.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A path such as `/api/v1/label/{name}/values`; `{name}` is one part of it, a last `{name...}` all the rest.
record Route(Set<String> methods, String pattern, List<String> parts, HttpHandler handler) {
    static Route of(Set<String> methods, String pattern, HttpHandler handler) {
        return new Route(methods, pattern, split(pattern), handler);
    }

    static List<String> split(String path) {
        return List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/", -1));
    }

    /// The named parts, or null if the path is not of this form.
    ///
    /// @throws IllegalArgumentException if an escape in the path is broken
    @Nullable
    Map<String, String> match(List<String> pathParts) {
        var found = new HashMap<String, String>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.endsWith("...}")) {
                found.put(
                        part.substring(1, part.length() - 4),
                        Parameters.decode(String.join("/", pathParts.subList(i, pathParts.size())), false));
                return found;
            }
            if (i >= pathParts.size()) {
                return null;
            }
            if (part.startsWith("{")) {
                found.put(part.substring(1, part.length() - 1), Parameters.decode(pathParts.get(i), false));
            } else if (!part.equals(pathParts.get(i))) {
                return null;
            }
        }
        return pathParts.size() == parts.size() ? found : null;
    }
}
