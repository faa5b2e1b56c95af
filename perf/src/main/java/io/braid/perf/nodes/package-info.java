/**
 * Nodes of Braid and of Apache Kafka as processes of this machine, started, stopped and killed by the tools. Read {@link
 * io.braid.perf.nodes.LocalCluster} first. Used by one thread unless a method says otherwise.
 */
package io.braid.perf.nodes;
