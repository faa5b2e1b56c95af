/**
 * What Braid's clients share: connections to brokers, and a map of topics to leaders that is kept current by the metadata
 * watch (Braid) or by Metadata requests (Kafka). Read {@link io.braid.client.ClusterClient} first. Everything happens on
 * one event loop, which by default all clients of a process share.
 */
package io.braid.client;
