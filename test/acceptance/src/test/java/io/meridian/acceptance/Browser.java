package io.meridian.acceptance;

import io.meridian.model.json.Json;
import io.meridian.model.json.JsonWriter;
import io.meridian.testkit.ChildProcess;
import io.meridian.testkit.QueryClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A real Chromium without a window, driven by its DevTools protocol. Not thread-safe.
final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final ChildProcess process;
    private final WebSocket socket;
    private int ids;

    private Browser(ChildProcess process, String url) {
        this.process = process;
        this.socket = http.newWebSocketBuilder()
                .buildAsync(URI.create(url), new Messages(received))
                .join();
    }

    /// Opens a page. Skips the calling test where there is no Chromium.
    static Browser open(Path directory, String url) throws Exception {
        Path profile = directory.resolve("chromium");
        var process = ChildProcess.start(
                "chromium",
                List.of(
                        Peers.require("chromium"),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        url),
                directory.resolve("chromium.log"));
        try {
            Path portFile = profile.resolve("DevToolsActivePort");
            String address = Await.value("the page in chromium", PATIENCE, () -> pageAddress(portFile));
            return new Browser(process, address);
        } catch (Exception | AssertionError e) {
            process.close();
            throw e;
        }
    }

    private static @Nullable String pageAddress(Path portFile) throws IOException {
        List<String> lines = Files.exists(portFile) ? Files.readAllLines(portFile) : List.of();
        if (lines.isEmpty()) {
            return null;
        }
        String json = new QueryClient("http://127.0.0.1:" + lines.getFirst()).get("/json/list");
        for (Object target : Json.asArray(Json.parse(json), "targets")) {
            var page = Json.asObject(target, "target");
            if ("page".equals(page.get("type"))) {
                return Json.asString(page.get("webSocketDebuggerUrl"), "webSocketDebuggerUrl");
            }
        }
        return null;
    }

    /// The value of a script in the page, as text.
    String evaluate(String script) throws Exception {
        var parameters = new LinkedHashMap<String, @Nullable Object>();
        parameters.put("expression", "String(" + script + ")");
        var result = Json.asObject(call("Runtime.evaluate", parameters).get("result"), "result");
        return String.valueOf(result.get("value"));
    }

    /// Waits until a script's value is true.
    void until(String script) throws Exception {
        try {
            Await.until(script, PATIENCE, () -> evaluate(script).equals("true"));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the page shows: " + evaluate("document.body.innerText"), e);
        }
    }

    /// Replaces the content of a field as if it were typed.
    void type(String selector, String text) throws Exception {
        evaluate("(e => { e.focus(); e.select(); })(document.querySelector('" + selector + "'))");
        call("Input.insertText", new LinkedHashMap<>(Map.of("text", text)));
        evaluate("document.activeElement.blur()");
    }

    void click(String selector) throws Exception {
        evaluate("document.querySelector('" + selector + "').click()");
    }

    private Map<String, @Nullable Object> call(String method, Map<String, @Nullable Object> parameters)
            throws Exception {
        int id = ++ids;
        var message = new LinkedHashMap<String, @Nullable Object>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", parameters);
        socket.sendText(JsonWriter.compact(message), true).join();
        while (true) {
            String answer = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("chromium does not answer " + method);
            }
            var object = Json.parseObject(answer);
            if (object.get("id") instanceof Number number && number.intValue() == id) {
                if (object.get("error") != null) {
                    throw new AssertionError(method + ": " + object.get("error"));
                }
                return Json.asObject(object.get("result"), "result");
            }
        }
    }

    /// Puts messages together that come in parts.
    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> target;
        private final StringBuilder parts = new StringBuilder();

        Messages(BlockingQueue<String> target) {
            this.target = target;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                target.add(parts.toString());
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
        process.close();
    }
}
