package io.meridian.tsdb.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.model.CorruptDataException;
import io.meridian.model.Labels;
import io.meridian.testkit.SeededRandom;
import io.meridian.testkit.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockMetaTest {
    private static final String FULL = """
            {
            	"ulid": "01M7XFGYYGKZA3HMK1PKHB8WQ5",
            	"minTime": -5,
            	"maxTime": 1788026400000,
            	"stats": {
            		"numSamples": 11365,
            		"numFuture": 3
            	},
            	"compaction": {
            		"level": 3,
            		"sources": [
            			"01M16X3WR0BZCE9WC2V9FAB8XY"
            		],
            		"deletable": true,
            		"parents": [
            			{
            				"ulid": "01M17AX5V0504YQZTVTR2GX51T",
            				"minTime": 1,
            				"maxTime": 2
            			}
            		],
            		"failed": true,
            		"hints": [
            			"from-out-of-order"
            		]
            	},
            	"version": 1,
            	"thanos": {
            		"version": 1,
            		"labels": {
            			"cluster": "\\u003cc1\\u003e\\u0026"
            		},
            		"downsample": {
            			"resolution": 300000
            		},
            		"source": "compactor",
            		"segment_files": [
            			"000001"
            		],
            		"files": [
            			{
            				"rel_path": "index",
            				"size_bytes": 3009,
            				"hash": {
            					"hashFunc": "SHA256",
            					"value": "30"
            				}
            			},
            			{
            				"rel_path": "meta.json"
            			}
            		],
            		"rewrites": [
            			{
            				"sources": null
            			}
            		],
            		"index_stats": {
            			"series_max_size": 272
            		},
            		"extensions": {
            			"any": [
            				1,
            				{}
            			]
            		},
            		"upload_time": "2026-11-20T21:59:11.0885Z",
            		"later": null
            	},
            	"new": {}
            }
            """;

    private static BlockMeta parse(String json) {
        return BlockMeta.parse("meta.json", json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void encode_ofAFullDocument_isTheSameText() {
        var meta = parse(FULL);
        assertThat(new String(meta.encode(), StandardCharsets.UTF_8)).isEqualTo(FULL);
        assertThat(meta.thanos().labels()).isEqualTo(Labels.of("cluster", "<c1>&"));
        assertThat(meta.thanos().uploadInstant()).isEqualTo(Instant.parse("2026-11-20T21:59:11.088500Z"));
        assertThat(meta.compaction().failed()).isTrue();
    }

    @Test
    void encode_ofAMinimalBlock_hasTheMembersThatGoNeverOmits() {
        var meta = BlockMeta.of(
                BlockId.parse("01M16X3WR0BZCE9WC2V9FAB8XY"),
                0,
                7,
                BlockMeta.Stats.EMPTY,
                new BlockMeta.Compaction(1, List.of(), List.of(), List.of()),
                BlockMeta.Thanos.EMPTY);
        assertThat(new String(meta.encode(), StandardCharsets.UTF_8)).isEqualTo("""
                {
                	"ulid": "01M16X3WR0BZCE9WC2V9FAB8XY",
                	"minTime": 0,
                	"maxTime": 7,
                	"stats": {},
                	"compaction": {
                		"level": 1
                	},
                	"version": 1,
                	"thanos": {
                		"labels": {},
                		"downsample": {
                			"resolution": 0
                		},
                		"source": "",
                		"index_stats": {},
                		"upload_time": "0001-01-01T00:00:00Z"
                	}
                }
                """);
        assertThat(meta.thanos().uploadInstant()).isNull();
        assertThat(meta.thanos()
                        .withUpload(List.of(), Instant.parse("2026-01-02T03:04:05.120Z"))
                        .uploadTime())
                .isEqualTo("2026-01-02T03:04:05.12Z");
        assertThat(meta.thanos().withExtensions(Map.of("a", 1L)).extensions()).isEqualTo(Map.of("a", 1L));
    }

    @Test
    void parse_ofAnotherVersion_saysSo() {
        assertThatThrownBy(() -> parse("{\"ulid\":\"01M16X3WR0BZCE9WC2V9FAB8XY\",\"version\":2}"))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("version: expected=1, actual=2");
    }

    @Test
    void parse_ofMutatedText_isRightOrCorrupt() {
        var random = SeededRandom.create("BlockMetaTest");
        for (int i = 0; i < 5_000; i++) {
            var bytes = FULL.getBytes(StandardCharsets.UTF_8);
            for (int k = random.nextInt(3); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                BlockMeta.parse("meta.json", bytes).encode();
            } catch (CorruptDataException e) {
                assertThat(e).hasMessageContaining("meta.json");
            }
        }
    }

    /// All but that of the block with index version 1, whose writer had another order of members.
    @Test
    void encode_ofEveryGoldenDocument_isTheSameText() throws IOException {
        int count = 0;
        try (var files = Files.walk(Shared.require("golden/storage"))) {
            for (Path file : files.filter(path ->
                            path.endsWith("meta.json") && !path.toString().contains("index-v1/"))
                    .toList()) {
                var bytes = Files.readAllBytes(file);
                assertThat(BlockMeta.parse(file.toString(), bytes).encode())
                        .as(file.toString())
                        .isEqualTo(bytes);
                count++;
            }
        }
        assertThat(count).isGreaterThan(90);
    }

    @Test
    void mark_ofEveryGoldenMark_isTheSameText() throws IOException {
        int count = 0;
        try (var files = Files.walk(Shared.require("golden/storage/meta"))) {
            for (Path file : files.toList()) {
                var kind = BlockMark.Kind.ofFile(
                        file.getName(file.getNameCount() - 1).toString());
                if (kind != null) {
                    var bytes = Files.readAllBytes(file);
                    assertThat(BlockMark.parse(kind, file.toString(), bytes).encode())
                            .isEqualTo(bytes);
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(5);
    }

    @Test
    void blockId_ofText_isTheSameTextAndTime() {
        var id = BlockId.parse("01M7XFGYYGKZA3HMK1PKHB8WQ5");
        assertThat(id).hasToString("01M7XFGYYGKZA3HMK1PKHB8WQ5");
        assertThat(BlockId.generate(1788000000123L).timeMs()).isEqualTo(1788000000123L);
        assertThat(BlockId.parse(BlockId.generate(5).toString()).timeMs()).isEqualTo(5);
        assertThat(BlockId.parse("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")).isGreaterThan(id);
        assertThat(BlockId.isBlockId("01m7XFGYYGKZA3HMK1PKHB8WQ5")).isFalse();
        for (String bad : List.of("", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01M7XFGYYGKZA3HMK1PKHB8WQU")) {
            assertThatThrownBy(() -> BlockId.parse(bad)).hasMessageContaining("not a ULID");
        }
    }
}
