/**
 * Loads on the coordinator of groups, through Kafka's protocol alone, so that they run against Braid and Apache Kafka alike.
 * Begin with {@link io.braid.perf.groups.CommitsCommand}.
 */
package io.braid.perf.groups;
