package io.meridian.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.meridian.model.Labels;
import io.meridian.model.QueryContext;
import io.meridian.model.QueryException;
import io.meridian.model.Selection;
import io.meridian.model.TimeRange;
import io.meridian.model.json.Json;
import io.meridian.proto.codec.ModelCodec;
import io.meridian.proto.codec.SeriesRequestCodec;
import io.meridian.proto.store.Endpoint;
import io.meridian.proto.store.FrameStream;
import io.meridian.proto.store.GrpcClients;
import io.meridian.proto.store.StoreService;
import io.meridian.proto.wire.LabelNamesRequest;
import io.meridian.proto.wire.LabelValuesRequest;
import io.meridian.proto.wire.SeriesRequest;
import io.meridian.server.Service;
import io.meridian.server.flag.Flags;
import io.meridian.server.flag.GrpcServerFlags;
import io.meridian.server.grpc.GrpcEndpoint;
import io.meridian.server.grpc.Tls;
import io.meridian.testkit.Shared;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Every recorded call to a real sidecar, asked of ours over a Prometheus with the same blocks: the same messages to
/// the byte, or the same error.
class GoldenStoreApiTest {
    private static final Labels EXTERNAL = Labels.of("cluster", "c2", "replica", "0");
    private static final long MIN_TIME_MS = 1_788_004_800_000L;

    /// The real one ignores the limit where chunks are asked for, and applies that of label names before it adds the
    /// external ones.
    private static final Set<String> LIMITED_HERE = Set.of("limit-3", "labelnames-limit-2");

    @Command
    static final class Holder {
        @Mixin
        GrpcServerFlags flags;
    }

    @Test
    void recordedCalls_getTheRecordedAnswers() throws Exception {
        var holder = new Holder();
        Flags.commandLine(holder, List.of()).parseArgs("--grpc-address=127.0.0.1:0", "--grpc-grace-period=1s");
        var state = new PrometheusState(EXTERNAL, MIN_TIME_MS, "3.14.0");
        int same = 0;
        try (var prometheus = new FakePrometheus(Shared.require("golden/storage/blocks/compaction-2h"), EXTERNAL);
                var client = new PrometheusClient(prometheus.url(), Duration.ofSeconds(20));
                Service service = Service.create("test")) {
            var source = new PrometheusSource(client, () -> state);
            service.probes().ready("test");
            GrpcEndpoint grpc = GrpcEndpoint.serve(
                    service, holder.flags, List.of(new StoreService(service.vertx(), source, 1L << 30)));
            var endpoint = Endpoint.of(
                    GrpcClients.create(service.vertx(), Tls.plainClientOptions()), "127.0.0.1:" + grpc.port());
            for (Map<String, @Nullable Object> call :
                    Shared.jsonLines(Shared.require("golden/storage/storeapi/sidecar.jsonl.gz"))) {
                String method = String.valueOf(call.get("method"));
                if (!method.startsWith("/thanos.Store/") || LIMITED_HERE.contains(String.valueOf(call.get("name")))) {
                    continue;
                }
                prometheus.urlSelection = urlSelection(method, decode(call.get("request_b64")));
                check(endpoint, call, method);
                same++;
            }
        }
        assertThat(same).isEqualTo(28);
    }

    /// What Prometheus is asked where the sidecar writes a selector into a URL.
    private static Selection urlSelection(String method, byte[] request) {
        try {
            Selection selection = switch (method) {
                case "/thanos.Store/Series" -> SeriesRequestCodec.selection(SeriesRequest.parseFrom(request));
                case "/thanos.Store/LabelNames" -> {
                    var names = LabelNamesRequest.parseFrom(request);
                    yield new Selection(
                            ModelCodec.matchers(names.getMatchersList()),
                            new TimeRange(names.getStart(), names.getEnd()));
                }
                default -> {
                    var values = LabelValuesRequest.parseFrom(request);
                    yield new Selection(
                            ModelCodec.matchers(values.getMatchersList()),
                            new TimeRange(values.getStart(), values.getEnd()));
                }
            };
            var matchers = Matchers.withoutExternal(selection.matchers(), EXTERNAL);
            return selection.withMatchers(matchers == null ? List.of() : matchers);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return new Selection(List.of(), TimeRange.ALL);
        }
    }

    private static void check(Endpoint endpoint, Map<String, @Nullable Object> call, String method) {
        String what = String.valueOf(call.get("name"));
        if (!"OK".equals(call.get("code"))) {
            String message = String.valueOf(call.get("message"));
            assertThatThrownBy(() -> ask(endpoint, method, decode(call.get("request_b64"))))
                    .as(what)
                    .isInstanceOf(QueryException.class)
                    .hasMessageContaining("INVALID_ARGUMENT")
                    .hasMessageContaining(message.replaceAll("^error parsing regexp: ", ""));
            return;
        }
        List<ByteString> expected = new ArrayList<>();
        Object recorded = call.get("responses_b64");
        if (recorded != null) {
            for (Object message : Json.asArray(recorded, "responses")) {
                expected.add(ByteString.copyFrom(decode(message)));
            }
        }
        assertThat(ask(endpoint, method, decode(call.get("request_b64"))))
                .as(what)
                .isEqualTo(expected);
    }

    private static byte[] decode(@Nullable Object base64) {
        return Base64.getDecoder().decode(Json.asString(base64, "base64"));
    }

    private static List<ByteString> ask(Endpoint endpoint, String method, byte[] request) {
        var messages = new ArrayList<ByteString>();
        String name = method.substring(method.lastIndexOf('/') + 1);
        try (FrameStream stream = FrameStream.open(
                endpoint, "thanos.Store/" + name, request, QueryContext.unlimited(), Duration.ofSeconds(20))) {
            FrameStream.Frame frame;
            while ((frame = stream.next()) != null) {
                messages.add(ByteString.copyFrom(frame.bytes(), frame.offset(), frame.length()));
            }
        }
        return messages;
    }
}
