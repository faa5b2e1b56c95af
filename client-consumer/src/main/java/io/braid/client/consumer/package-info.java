/**
 * Reads records of a Braid or Kafka cluster: by assignment or as a member of a group, by polling or by handlers. {@link
 * io.braid.client.consumer.Consumer} is the way in, {@code ConsumerParts} what it is made of. {@code Fetcher} and its parts decide
 * what is fetched and keep what came, without a thread, socket or clock of their own; {@code FetchLoop} does it, on the client's
 * event loop; {@code PollingForm} and {@code PushForm} read, on the application's threads. {@code SharedFetcher} is the lock
 * between them.
 */
package io.braid.client.consumer;
