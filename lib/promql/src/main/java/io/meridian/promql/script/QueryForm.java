package io.meridian.promql.script;

import io.meridian.promql.QueryRequest;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A query as the form that Prometheus' HTTP API takes.
public final class QueryForm {
    private QueryForm() {}

    /// `query`, and `time` or `start`, `end` and `step` in seconds.
    public static Map<String, String> fields(QueryRequest request) {
        var form = new LinkedHashMap<String, String>();
        form.put("query", request.text());
        if (request.instant()) {
            form.put("time", seconds(request.startMs()));
        } else {
            form.put("start", seconds(request.startMs()));
            form.put("end", seconds(request.endMs()));
            form.put("step", seconds(request.stepMs()));
        }
        return form;
    }

    /// The body of a POST.
    public static String encode(Map<String, String> fields) {
        var body = new StringBuilder();
        fields.forEach((name, value) -> body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return body.toString();
    }

    private static String seconds(long milliseconds) {
        return BigDecimal.valueOf(milliseconds, 3).toPlainString();
    }
}
