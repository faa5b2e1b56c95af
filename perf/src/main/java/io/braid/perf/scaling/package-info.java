/**
 * Nodes of either broker with more and more partitions: what creating, filling, describing, restarting and failing over take, in time
 * and in memory, and why a broker goes no further. Begin with {@link io.braid.perf.scaling.PartitionsCommand}; everything runs on its
 * thread unless a class says otherwise.
 */
package io.braid.perf.scaling;
