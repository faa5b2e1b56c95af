/**
 * Which broker leads which partition: immutable tables, and how news change them. Read {@link
 * io.braid.client.routing.RoutingTable} first. Pure: no clock, thread or socket.
 */
package io.braid.client.routing;
