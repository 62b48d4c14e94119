package io.meridian.objstore.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// A piece of a YAML document that knows its line, so that what is wrong with it can be pointed at. Exactly one of
/// text, items and fields is there. Scalars stay text.
///
/// @param line   from 1
/// @param text   of a scalar
/// @param items  of a sequence
/// @param fields of a mapping, in the order written
public record YamlNode(
        int line,
        @Nullable String text,
        @Nullable List<YamlNode> items,
        @Nullable Map<String, YamlNode> fields) {
    private static final int DEPTH_MAX = 32;

    /// Null for an empty document.
    ///
    /// @throws ConfigException if the text is not YAML; the message has line and column
    public static @Nullable YamlNode parse(String yaml) {
        var settings = LoadSettings.builder().setLabel("configuration").build();
        try {
            var parser = new ParserImpl(settings, new StreamReader(settings, yaml));
            var root = new Composer(settings, parser).getSingleNode();
            return root.isEmpty() ? null : of(root.get(), 0);
        } catch (YamlEngineException e) {
            throw Yaml.notYaml(e);
        }
    }

    private static YamlNode of(Node node, int depth) {
        int line = line(node.getStartMark());
        if (depth > DEPTH_MAX) {
            throw new ConfigException("line " + line + ": nested too deeply");
        }
        return switch (node) {
            case ScalarNode scalar -> new YamlNode(line, scalar.getValue(), null, null);
            case SequenceNode sequence -> {
                var items = new ArrayList<YamlNode>();
                for (var item : sequence.getValue()) {
                    items.add(of(item, depth + 1));
                }
                yield new YamlNode(line, null, Collections.unmodifiableList(items), null);
            }
            case MappingNode mapping -> {
                var fields = new LinkedHashMap<String, YamlNode>();
                for (var field : mapping.getValue()) {
                    int fieldLine = line(field.getKeyNode().getStartMark());
                    if (!(field.getKeyNode() instanceof ScalarNode key)) {
                        throw new ConfigException("line " + fieldLine + ": a key must be text");
                    }
                    if (fields.put(key.getValue(), of(field.getValueNode(), depth + 1)) != null) {
                        throw new ConfigException("line " + fieldLine + ": \"" + key.getValue() + "\" is there twice");
                    }
                }
                yield new YamlNode(line, null, null, Collections.unmodifiableMap(fields));
            }
            default -> throw new ConfigException("line " + line + ": aliases are not allowed");
        };
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(Mark::getLine).orElse(0) + 1;
    }
}
