package io.meridian.cli.script;

import io.meridian.promql.script.MemorySource;
import io.meridian.promql.script.SourceFactory;

/// Makes what a script has loaded readable. One at a time: opening the next source ends the one before.
public interface ScriptSources extends SourceFactory, AutoCloseable {
    /// Ways from the loaded samples to the engine.
    enum Way {
        MEMORY,
        BLOCK,
        STORE
    }

    /// @throws IllegalStateException if the stores cannot listen
    static ScriptSources open(Way way) {
        return switch (way) {
            case MEMORY -> MemorySource::new;
            case BLOCK -> new BlockScriptSources();
            case STORE -> new StoreScriptSources();
        };
    }

    @Override
    default void close() {}
}
