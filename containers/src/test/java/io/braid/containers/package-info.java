/**
 * The image as operators run it: three containers, faults of processes and networks, Kafka's own clients. Start with {@link
 * io.braid.containers.ClusterFaultsTest}.
 *
 * <p>Nothing here knows Braid's classes. The tests run where there is a Docker engine that has the image ({@link
 * io.braid.containers.RequiresImage}).
 */
package io.braid.containers;
