package io.espalier.tree.simulate;

import io.espalier.tree.plan.TreePlan;
import java.util.ArrayList;
import java.util.List;

/** Who receives from whom at the moment. */
final class Children {
    private final List<List<Integer>> lists = new ArrayList<>();

    Children(TreePlan plan) {
        for (int node = 0; node < plan.size(); node++) {
            List<Integer> list = new ArrayList<>();
            for (int child : plan.children(node)) {
                list.add(child);
            }
            lists.add(list);
        }
    }

    List<Integer> of(int node) {
        return lists.get(node);
    }

    void add(int parent, int child) {
        lists.get(parent).add(child);
    }

    void remove(int parent, int child) {
        lists.get(parent).remove((Integer) child);
    }
}
