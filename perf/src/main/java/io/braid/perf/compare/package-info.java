/**
 * The comparison of Braid with Apache Kafka: which loads, on which nodes, how often and in which order, run one after the other by the
 * other tools of {@code braid perf}, each in a process of its own. Begin with {@link io.braid.perf.compare.CompareCommand}; what is
 * measured is in {@link io.braid.perf.compare.Workloads}. One thread.
 */
package io.braid.perf.compare;
