/**
 * The messages between brokers on {@code inter.broker.listener}: Braid's own API keys on Kafka's framing. Read
 * {@link io.braid.broker.replication.message.ReplicationApis} for the list. A message is owned by one thread at a time.
 */
package io.braid.broker.replication.message;
