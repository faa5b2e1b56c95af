/**
 * Produce: what a batch must be, and the way of a request through the shards.
 *
 * <p>Read {@link io.braid.broker.produce.ProduceHandler} first. {@link io.braid.broker.produce.BatchCheck} decides on a
 * batch without knowing anything but its bytes and its topic's rules; it runs on event loops, or on the checking pool where
 * it must unpack.
 */
package io.braid.broker.produce;
