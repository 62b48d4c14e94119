package io.meridian.promql.exec;

import io.meridian.promql.plan.Plan;
import java.util.IdentityHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Which points a query would hold at the same time, evaluated node by node: those of a node and of its operands. So
/// far as they are counted, their number is never above the peak that [SampleTree] finds in the end, and a query that
/// exceeds its limit by them need not go on.
final class HeldTogether {
    private final IdentityHashMap<Plan, AtomicLong> byNode = new IdentityHashMap<>();
    private final IdentityHashMap<Plan, AtomicLong> byOperand = new IdentityHashMap<>();

    HeldTogether(Plan root) {
        visit(root);
    }

    /// The count of a node's own points and of those of its operands.
    AtomicLong of(Plan node) {
        return byNode.computeIfAbsent(node, key -> new AtomicLong());
    }

    /// The count of what is held by the node whose operand this one is, or null.
    @Nullable
    AtomicLong ofConsumer(Plan node) {
        return byOperand.get(node);
    }

    private void visit(Plan node) {
        if (SampleTree.isGeneral(node)) {
            for (Plan operand : SampleTree.operands(node)) {
                byOperand.put(maker(operand), of(node));
            }
        }
        for (Plan operand : SampleTree.inner(node)) {
            visit(operand);
        }
    }

    /// The node that makes the points of one that passes them on.
    private static Plan maker(Plan node) {
        Plan maker = node;
        for (Plan next = SampleTree.passedOn(maker); next != null; next = SampleTree.passedOn(maker)) {
            maker = next;
        }
        return maker;
    }
}
