package io.meridian.querier.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointFilesTest {
    @Test
    void config_endpoints_addressAndStrictness() {
        assertThat(EndpointFiles.config("endpoints:\n- address: a:1\n  strict: true\n- address: dns+b:2\n", "config"))
                .containsExactly(new EndpointSpec("a:1", true), new EndpointSpec("dns+b:2", false));
    }

    @Test
    void config_badInput_namesThePlace() {
        assertThatThrownBy(() -> EndpointFiles.config("- a:1", "config")).hasMessageContaining("\"endpoints\"");
        assertThatThrownBy(() -> EndpointFiles.config("endpoint: []", "config"))
                .hasMessageContaining("unknown key \"endpoint\"");
        assertThatThrownBy(() -> EndpointFiles.config("endpoints: [{strict: true}]", "config"))
                .hasMessageContaining("needs an \"address\"");
        assertThatThrownBy(() -> EndpointFiles.config("endpoints: [{address: 'dns+a:1', strict: true}]", "config"))
                .hasMessageContaining("not permitted under strict mode");
        assertThatThrownBy(() -> EndpointFiles.config("{", "config")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void targets_jsonAndYaml_byPattern(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.json"), "[{\"targets\": [\"x:1\", \"y:2\"], \"labels\": {\"k\": \"v\"}}]");
        Files.writeString(folder.resolve("b.yaml"), "- targets:\n  - z:3\n");
        Files.writeString(folder.resolve("c.txt"), "not read");

        assertThat(EndpointFiles.targets(List.of(folder + "/*.json", folder + "/*.yaml")))
                .extracting(EndpointSpec::address)
                .containsExactly("x:1", "y:2", "z:3");
    }

    @Test
    void spec_withoutPort_isRefused() {
        assertThatThrownBy(() -> new EndpointSpec("localhost", false)).hasMessageContaining("has no port");
    }
}
