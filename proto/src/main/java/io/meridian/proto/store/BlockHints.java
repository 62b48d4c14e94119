package io.meridian.proto.store;

import io.meridian.model.LabelMatcher;
import io.meridian.model.Selection;
import io.meridian.model.SeriesSource;
import java.util.List;

/// A source of blocks, which the StoreAPI's hints may narrow and which can tell what it looked at.
public interface BlockHints {
    /// The same source over the blocks whose external labels and `__block_id` match.
    SeriesSource restrictedTo(List<LabelMatcher> blockMatchers);

    /// Ids of the blocks that answer such a selection.
    List<String> queriedBlocks(Selection selection);
}
