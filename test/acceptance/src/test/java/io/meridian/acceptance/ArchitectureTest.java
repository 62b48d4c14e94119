package io.meridian.acceptance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The layers of the house: which module may use which, and where third-party jars enter.
class ArchitectureTest {
    private static final String ROOT = "io.meridian.";

    /// Module to what it may use, itself aside.
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("model", List.of()),
            Map.entry("objstore", List.of()),
            Map.entry("server", List.of()),
            Map.entry("tsdb", List.of("model", "objstore")),
            Map.entry("promql", List.of("model")),
            Map.entry("proto", List.of("model")),
            Map.entry("sidecar", List.of("model", "objstore", "tsdb", "proto", "server")),
            Map.entry("storegateway", List.of("model", "objstore", "tsdb", "proto", "server")),
            Map.entry("querier", List.of("model", "promql", "proto", "server")),
            Map.entry("compactor", List.of("model", "objstore", "tsdb", "server")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.meridian");

    static List<String> modules() {
        return MAY_USE.keySet().stream().sorted().toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("modules")
    void module_usesOnlyWhatTheHouseAllows(String module) {
        var forbidden = new ArrayList<String>();
        for (String other : MAY_USE.keySet()) {
            if (!other.equals(module)
                    && !MAY_USE.getOrDefault(module, List.of()).contains(other)) {
                forbidden.add(ROOT + other + "..");
            }
        }
        forbidden.add(ROOT + "cli..");
        noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void core_hasNoThirdPartyJars() {
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + "tsdb..", ROOT + "promql..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "jdk..", "org.jspecify..", "io.meridian..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void thirdParty_entersAtOneModule() {
        entersAt("com.google.re2j..", "model");
        entersAt("software.amazon.awssdk..", "objstore");
        entersAt("com.google.protobuf..", "proto", "server");
        entersAt("org.bytedeco..", "compactor");
    }

    private static void entersAt(String jar, String... modules) {
        var allowed = new ArrayList<String>();
        for (String module : modules) {
            allowed.add(ROOT + module + "..");
        }
        noClasses()
                .that()
                .resideOutsideOfPackages(allowed.toArray(String[]::new))
                .and()
                .resideInAPackage("io.meridian..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(jar)
                .check(CLASSES);
    }
}
