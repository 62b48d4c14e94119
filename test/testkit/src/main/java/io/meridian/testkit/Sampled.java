package io.meridian.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// A test that takes a sample of its seeds, crash points or rows by default, and all of them in the long run
/// (`./mvnw verify -Pfull`, which runs these tests only).
@Tag("sampled")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Sampled {
    /// Whether this is the long run.
    boolean ALL = Boolean.getBoolean("meridian.full");
}
