package io.espalier.tree.plan;

import java.util.Arrays;

/** A tree given by parents, as ranges: breadth-first order, children of each node, and who is below whom. Immutable. */
final class Shape {
    private final int[] order;
    private final int[] firstChild;
    private final int[] children;
    private final int[] enter;
    private final int[] leave;

    private Shape(int[] order, int[] firstChild, int[] children, int[] enter, int[] leave) {
        this.order = order;
        this.firstChild = firstChild;
        this.children = children;
        this.enter = enter;
        this.leave = leave;
    }

    static Shape of(int root, int[] parents) {
        int[] byNumber = new int[parents.length];
        Arrays.setAll(byNumber, i -> i);
        return of(root, parents, byNumber);
    }

    /** The children of each node come in the order of {@code sequence}, which holds every node once. */
    static Shape of(int root, int[] parents, int[] sequence) {
        int size = parents.length;
        check(root, parents);
        int[] firstChild = new int[size + 1];
        for (int parent : parents) {
            if (parent >= 0) {
                firstChild[parent + 1]++;
            }
        }
        for (int i = 0; i < size; i++) {
            firstChild[i + 1] += firstChild[i];
        }
        int[] next = firstChild.clone();
        int[] children = new int[firstChild[size]];
        for (int node : sequence) {
            if (parents[node] >= 0) {
                children[next[parents[node]]++] = node;
            }
        }
        int[] order = breadthFirst(root, firstChild, children);
        if (order.length != children.length + 1) {
            throw new IllegalArgumentException((children.length + 1 - order.length)
                    + " nodes have a parent but no way from the root; the parents form a cycle.");
        }
        int[] enter = new int[size];
        int[] leave = new int[size];
        Arrays.fill(enter, -1);
        number(order, parents, enter, leave);
        return new Shape(order, firstChild, children, enter, leave);
    }

    private static void check(int root, int[] parents) {
        if (root < 0 || root >= parents.length) {
            throw new IllegalArgumentException(
                    "There is no node " + root + " to be the root; nodes are 0 to " + (parents.length - 1) + ".");
        }
        for (int node = 0; node < parents.length; node++) {
            if (parents[node] >= parents.length || parents[node] == node || (node == root && parents[node] >= 0)) {
                throw new IllegalArgumentException("Node " + node + " cannot have the parent " + parents[node] + ".");
            }
        }
    }

    private static int[] breadthFirst(int root, int[] firstChild, int[] children) {
        int[] order = new int[firstChild.length - 1];
        order[0] = root;
        int filled = 1;
        for (int at = 0; at < filled; at++) {
            for (int c = firstChild[order[at]]; c < firstChild[order[at] + 1]; c++) {
                order[filled++] = children[c];
            }
        }
        return Arrays.copyOf(order, filled);
    }

    /** Numbers so that a node's range holds the ranges of all below it. */
    private static void number(int[] order, int[] parents, int[] enter, int[] leave) {
        int[] below = new int[parents.length];
        for (int at = order.length - 1; at > 0; at--) {
            below[parents[order[at]]] += below[order[at]] + 1;
        }
        int[] next = new int[parents.length];
        for (int node : order) {
            int parent = parents[node];
            enter[node] = parent < 0 ? 0 : next[parent];
            leave[node] = enter[node] + below[node];
            next[node] = enter[node] + 1;
            if (parent >= 0) {
                next[parent] = leave[node] + 1;
            }
        }
    }

    /** The nodes of the tree, every one after its parent. */
    int[] order() {
        return order;
    }

    int childCount(int node) {
        return firstChild[node + 1] - firstChild[node];
    }

    int[] children(int node) {
        return Arrays.copyOfRange(children, firstChild[node], firstChild[node + 1]);
    }

    int child(int node, int at) {
        return children[firstChild[node] + at];
    }

    /** How many nodes are below this one. */
    int below(int node) {
        return leave[node] - enter[node];
    }

    boolean contains(int node) {
        return enter[node] >= 0;
    }

    /** Whether {@code node} is {@code top} or below it. */
    boolean within(int node, int top) {
        return enter[node] >= enter[top] && enter[node] <= leave[top] && contains(node) && contains(top);
    }
}
