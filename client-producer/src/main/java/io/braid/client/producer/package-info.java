/**
 * A producer for very many partitions: records go into memory shared by all partitions of a broker, and leave in one request
 * for thousands of them. Read {@link io.braid.client.producer.Producer} first, then {@code Accumulator}, which decides, and
 * {@code Sender}, which acts on the event loop.
 */
package io.braid.client.producer;
