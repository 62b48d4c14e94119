package io.meridian.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class LogSinkTest {
    private static final Logger log = LoggerFactory.getLogger("io.meridian.test.Thing");
    private static final Logger foreign = LoggerFactory.getLogger("io.netty.Thing");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void redirect() {
        LogSink.redirect(out);
    }

    @AfterEach
    void restore() {
        LogSink.configure(Level.INFO, LogFormat.LOGFMT);
        LogSink.redirect(new FileOutputStream(FileDescriptor.err));
    }

    @Test
    void logfmt_quotesWhereNeeded() {
        LogSink.configure(Level.INFO, LogFormat.LOGFMT);
        log.atInfo().addKeyValue("block", "01ABC").addKeyValue("why", "a \"b\"").log("uploaded {} of {}", 1, 2);
        assertThat(text()).contains("caller=Thing level=info msg=\"uploaded 1 of 2\" block=01ABC why=\"a \\\"b\\\"\"");
    }

    @Test
    void json_isOneObjectPerLine() {
        LogSink.configure(Level.INFO, LogFormat.JSON);
        log.warn("bad\nthing", new IllegalStateException("x"));
        assertThat(text())
                .startsWith("{\"ts\":\"")
                .contains("\"level\":\"warn\",\"msg\":\"bad\\nthing\",\"err\":\"java.lang.IllegalStateException: x\"}");
    }

    @Test
    void threshold_hidesLessSevere_andForeignInfo() {
        LogSink.configure(Level.INFO, LogFormat.LOGFMT);
        log.debug("hidden");
        foreign.info("hidden");
        foreign.warn("shown");
        assertThat(text().lines()).hasSize(1).allMatch(line -> line.contains("msg=shown"));
    }

    @Test
    void status_logLineComes_staysBelowIt() {
        LogSink.status("half done");
        log.info("one");
        LogSink.status("done");
        LogSink.status("");
        log.info("two");

        String[] lines = text().split("\n");
        assertThat(lines[0])
                .startsWith("\r\u001b[K\u001b[?7lhalf done\u001b[?7h\r\u001b[Kts=")
                .endsWith("msg=one");
        assertThat(lines[1])
                .startsWith("\u001b[?7lhalf done\u001b[?7h\r\u001b[K\u001b[?7ldone\u001b[?7h\r\u001b[Kts=")
                .endsWith("msg=two");
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
