/** The server: network, handlers, shards. */
package io.braid.broker;
