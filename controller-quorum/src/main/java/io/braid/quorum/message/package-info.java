/**
 * The messages between brokers and controllers: Braid's own API keys on Kafka's framing. Read
 * {@link io.braid.quorum.message.VendorApis} for the list. A message is owned by one thread at a time.
 */
package io.braid.quorum.message;
