package io.meridian.objstore.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/// YAML whose scalars all stay text: a secret that looks like a number is still a secret.
public final class Yaml {
    private Yaml() {}

    /// A `Map`, a `List` or a `String`, of these; null for an empty document.
    ///
    /// @throws ConfigException if the text is not YAML; the message has line and column
    public static @Nullable Object parse(String yaml) {
        var settings = LoadSettings.builder()
                .setLabel("configuration")
                .setSchema(new FailsafeSchema())
                .setTagConstructors(Map.of(Tag.NULL, _ -> ""))
                .build();
        try {
            return new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw notYaml(e);
        }
    }

    /// In one line: where, and what is wrong there.
    static ConfigException notYaml(YamlEngineException e) {
        if (e instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            Mark mark = marked.getProblemMark().get();
            return new ConfigException(
                    "not YAML: line %d, column %d: %s"
                            .formatted(mark.getLine() + 1, mark.getColumn() + 1, marked.getProblem()),
                    e);
        }
        return new ConfigException("not YAML: " + e.getMessage(), e);
    }
}
