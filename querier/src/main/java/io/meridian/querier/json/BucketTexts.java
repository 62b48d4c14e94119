package io.meridian.querier.json;

import io.meridian.model.BucketLayout;
import io.meridian.model.histogram.BucketBounds;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What stands before the counts of buckets, `,[0,"0.5","1",`. Bounds depend on the schema, the zero bucket and the
/// index alone, so texts are made once and serve histograms with whatever buckets.
final class BucketTexts {
    private static final int TEXT_BYTES_MAX = 2 * NumberText.BYTES_MAX + 16;
    /// Texts for more indices than so many are not kept.
    private static final int KEPT_MAX = 1 << 14;

    private final BucketLayout scale;
    private final BucketBounds bounds;
    private final Side positive = new Side();
    private final Side negative = new Side();
    private byte @Nullable [] zero;

    /// The texts of one side by index.
    private static final class Side {
        int first;
        byte[] @Nullable [] texts = {};

        byte @Nullable [] find(int index) {
            int at = index - first;
            return at >= 0 && at < texts.length ? texts[at] : null;
        }

        void keep(int index, byte[] text) {
            if (texts.length == 0) {
                first = index;
            }
            long from = Math.min(first, index);
            long to = Math.max((long) first + texts.length, index + 1L);
            if (to - from > KEPT_MAX) {
                return;
            }
            if (to - from > texts.length) {
                // room for the neighbours, too
                long room = Math.min(KEPT_MAX, Math.max(32, 2 * (to - from)));
                long newFirst = index < first ? Math.max(Integer.MIN_VALUE, to - room) : from;
                var larger = new byte[(int) room] @Nullable [];
                System.arraycopy(texts, 0, larger, (int) (first - newFirst), texts.length);
                texts = larger;
                first = (int) newFirst;
            }
            texts[index - first] = text;
        }
    }

    /// Texts of histograms that have the same scale as the layout.
    BucketTexts(BucketLayout scale) {
        this.scale = scale;
        this.bounds = BucketBounds.of(scale);
    }

    boolean serves(BucketLayout layout) {
        return scale.hasSameScale(layout);
    }

    byte[] positive(int index) {
        byte[] text = positive.find(index);
        if (text == null) {
            text = text(bounds.positiveRule(index), bounds.positiveLower(index), bounds.positiveUpper(index));
            positive.keep(index, text);
        }
        return text;
    }

    byte[] negative(int index) {
        byte[] text = negative.find(index);
        if (text == null) {
            text = text(bounds.negativeRule(index), bounds.negativeLower(index), bounds.negativeUpper(index));
            negative.keep(index, text);
        }
        return text;
    }

    byte[] zero() {
        byte[] text = zero;
        if (text == null) {
            text = text(BucketBounds.CLOSED, -scale.zeroThreshold(), scale.zeroThreshold());
            zero = text;
        }
        return text;
    }

    private static byte[] text(int rule, double lower, double upper) {
        byte[] text = new byte[TEXT_BYTES_MAX];
        text[0] = ',';
        text[1] = '[';
        int at = NumberText.write(rule, text, 2);
        at = quoted(lower, text, at);
        at = quoted(upper, text, at);
        text[at++] = ',';
        return Arrays.copyOf(text, at);
    }

    /// A comma and the quoted number.
    private static int quoted(double value, byte[] text, int position) {
        text[position] = ',';
        text[position + 1] = '"';
        int at = NumberText.write(value, true, text, position + 2);
        text[at] = '"';
        return at + 1;
    }
}
