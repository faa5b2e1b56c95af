/**
 * The nodes that are broken: real processes on this machine, and the network between them as proxies. Read {@link
 * io.braid.perf.chaos.cluster.Cluster} first.
 */
package io.braid.perf.chaos.cluster;
