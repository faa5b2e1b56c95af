/**
 * {@code braid perf routing}: three ways in which a client learns who leads, compared while leaders change. Read {@link
 * io.braid.perf.routing.RoutingCommand} first; {@link io.braid.perf.routing.Comparison} reckons and knows no clock or socket.
 */
package io.braid.perf.routing;
