/**
 * Plans which shards to move where: to even out brokers, or to empty one. Pure: an image and loads in, moves out. Read
 * {@link io.braid.controller.balance.Balancer} first; {@link io.braid.controller.balance.Layout} is what it works on, owned by one thread.
 */
package io.braid.controller.balance;
