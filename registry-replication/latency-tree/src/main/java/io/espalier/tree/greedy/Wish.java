package io.espalier.tree.greedy;

/** A node that a parent could take, and what it costs. */
public record Wish(int node, double cost) {}
