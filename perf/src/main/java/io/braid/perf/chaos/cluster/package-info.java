/**
 * The nodes that are broken, and the network between them as proxies; what starts them is {@link io.braid.perf.nodes}. Read {@link
 * io.braid.perf.chaos.cluster.BraidCluster} first.
 */
package io.braid.perf.chaos.cluster;
