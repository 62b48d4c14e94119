package io.meridian.querier.fanout;

import io.meridian.model.Coverage;
import io.meridian.model.LabelMatcher;
import io.meridian.model.Labels;
import io.meridian.model.TimeRange;
import java.util.List;

/// Decides which members need not be asked, as Thanos' proxy does (`pkg/store/proxy.go`): by time, by address, by
/// external labels, in this order.
final class MemberFilter {
    private static final String ADDRESS = "__address__";

    private MemberFilter() {}

    /// @param storeMatchers selectors of `storeMatch[]`; one of them must fit the address. Empty: no condition
    static boolean mayAnswer(
            Member member, List<LabelMatcher> matchers, TimeRange range, List<List<LabelMatcher>> storeMatchers) {
        List<Coverage> coverage = member.source().coverage();
        return overlaps(coverage, range)
                && addressFits(member.address(), storeMatchers)
                && labelsFit(coverage, matchers);
    }

    /// Whether the matchers name external labels of the member only. Store gateways select nothing then, as Thanos' do,
    /// and do not say so; sidecars refuse.
    static boolean asksForNoSeries(Member member, List<LabelMatcher> matchers) {
        for (Coverage each : member.source().coverage()) {
            Labels labels = each.externalLabels();
            if (!matchers.isEmpty()
                    && !contradicts(labels, matchers)
                    && matchers.stream().allMatch(matcher -> labels.has(matcher.name()))) {
                return true;
            }
        }
        return false;
    }

    /// Times are judged over all label sets together: real stores report too small a time for single ones.
    private static boolean overlaps(List<Coverage> coverage, TimeRange range) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (Coverage each : coverage) {
            min = Math.min(min, each.range().minMs());
            max = Math.max(max, each.range().maxMs());
        }
        return min <= max && new TimeRange(min, max).overlaps(range);
    }

    private static boolean addressFits(String address, List<List<LabelMatcher>> storeMatchers) {
        if (storeMatchers.isEmpty()) {
            return true;
        }
        if (address.isEmpty()) {
            return false;
        }
        return storeMatchers.stream()
                .anyMatch(selector -> selector.stream()
                        .filter(matcher -> matcher.name().equals(ADDRESS))
                        .allMatch(matcher -> matcher.matches(address)));
    }

    private static boolean labelsFit(List<Coverage> coverage, List<LabelMatcher> matchers) {
        for (Coverage each : coverage) {
            if (!contradicts(each.externalLabels(), matchers)) {
                return true;
            }
        }
        return false;
    }

    /// A matcher on a label that is not among the external ones says nothing: the series themselves may have it.
    private static boolean contradicts(Labels externalLabels, List<LabelMatcher> matchers) {
        for (LabelMatcher matcher : matchers) {
            String value = externalLabels.get(matcher.name());
            if (!value.isEmpty() && !matcher.matches(value)) {
                return true;
            }
        }
        return false;
    }
}
