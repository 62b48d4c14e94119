package io.meridian.storegateway;

import io.meridian.tsdb.block.Block;
import io.meridian.tsdb.block.BlockMeta;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/// Opens a block of the bucket for queries.
interface BlockOpener {
    /// @param sizes  of the block's objects in bytes, by their path below its folder
    /// @param header file in which the index-header is kept between starts; may not exist yet
    /// @param onDamage told the reason whenever a query meets bytes that are broken or gone
    /// @throws io.meridian.model.CorruptDataException if the block is not what its format promises
    Block open(BlockMeta meta, Map<String, Long> sizes, Path header, Consumer<String> onDamage) throws IOException;
}
