package io.meridian.proto.codec;

import com.google.protobuf.ByteString;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.Utf8;
import io.meridian.proto.wire.Label;
import io.meridian.proto.wire.ZLabelSet;
import java.util.ArrayList;
import java.util.List;

/// Labels, matchers and texts of the small messages.
public final class ModelCodec {
    private ModelCodec() {}

    public static ByteString bytes(String text) {
        return ByteString.copyFrom(Utf8.encode(text));
    }

    public static String text(ByteString bytes) {
        byte[] array = bytes.toByteArray();
        return Utf8.decode(array, 0, array.length);
    }

    public static List<String> texts(List<ByteString> all) {
        return all.stream().map(ModelCodec::text).toList();
    }

    public static List<ByteString> allBytes(List<String> texts) {
        return texts.stream().map(ModelCodec::bytes).toList();
    }

    public static ZLabelSet labelSet(Labels labels) {
        var set = ZLabelSet.newBuilder();
        for (int i = 0; i < labels.size(); i++) {
            set.addLabels(Label.newBuilder().setName(bytes(labels.name(i))).setValue(bytes(labels.value(i))));
        }
        return set.build();
    }

    public static Labels labels(ZLabelSet set) {
        var builder = Labels.empty().toBuilder();
        for (Label label : set.getLabelsList()) {
            builder.set(text(label.getName()), text(label.getValue()));
        }
        return builder.build();
    }

    /// @throws IllegalArgumentException if a pattern is not RE2 or a type is unknown; the message is for the client
    public static List<LabelMatcher> matchers(List<io.meridian.proto.wire.LabelMatcher> wire) {
        var matchers = new ArrayList<LabelMatcher>(wire.size());
        for (var matcher : wire) {
            matchers.add(LabelMatcher.of(type(matcher), text(matcher.getName()), text(matcher.getValue())));
        }
        return matchers;
    }

    private static LabelMatcher.Type type(io.meridian.proto.wire.LabelMatcher matcher) {
        return switch (matcher.getType()) {
            case EQ -> LabelMatcher.Type.EQUAL;
            case NEQ -> LabelMatcher.Type.NOT_EQUAL;
            case RE -> LabelMatcher.Type.REGEX;
            case NRE -> LabelMatcher.Type.NOT_REGEX;
            case UNRECOGNIZED ->
                throw new IllegalArgumentException("unrecognized label matcher type " + matcher.getTypeValue());
        };
    }

    public static List<io.meridian.proto.wire.LabelMatcher> toWire(List<LabelMatcher> matchers) {
        var wire = new ArrayList<io.meridian.proto.wire.LabelMatcher>(matchers.size());
        for (LabelMatcher matcher : matchers) {
            wire.add(io.meridian.proto.wire.LabelMatcher.newBuilder()
                    .setTypeValue(matcher.type().ordinal())
                    .setName(bytes(matcher.name()))
                    .setValue(bytes(matcher.value()))
                    .build());
        }
        return wire;
    }
}
